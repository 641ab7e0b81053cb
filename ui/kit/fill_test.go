package kit

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

// glDriver passes for one that paints by OpenGL.
type glDriver struct{ fyne.Driver }

func (glDriver) CreateSplashWindow() fyne.Window       { return nil }
func (glDriver) CurrentKeyModifiers() fyne.KeyModifier { return 0 }
func (glDriver) HasSecondaryDisplay() bool             { return false }

var _ desktop.Driver = glDriver{}

// glApp is an app with that driver.
type glApp struct{ fyne.App }

func (a glApp) Driver() fyne.Driver { return glDriver{a.App.Driver()} }

func TestBackgroundsCostLittleWithOpenGL(t *testing.T) {
	app := test.NewApp()
	defer app.Quit()
	app.Settings().SetTheme(NewTheme(AppearanceDark))
	size := fyne.NewSize(200, 100)
	plain := test.WidgetRenderer(NewBackground(ColorCard, 12)).Objects()
	if len(plain) != 1 || plain[0].(*canvas.Rectangle).CornerRadius != 12 {
		t.Errorf("without OpenGL a background is %v", plain)
	}
	fyne.SetCurrentApp(glApp{app})
	defer fyne.SetCurrentApp(app)
	g := NewBackground(ColorCard, 12)
	g.Resize(size)
	parts := test.WidgetRenderer(g).Objects()
	if len(parts) != 3 {
		t.Fatalf("with OpenGL a background has %d parts, want 3", len(parts))
	}
	head, foot := parts[0].(*canvas.Rectangle), parts[2].(*canvas.Rectangle)
	middle := parts[1].(*canvas.Shader)
	if head.Size().Height != 13 || foot.Size().Height != 13 || middle.Size().Height != 76 ||
		middle.Position().Y != 12 || foot.Position().Y != 87 || middle.Size().Width != 200 {
		t.Errorf("the parts are at %v %v, %v %v and %v %v", head.Position(), head.Size(),
			middle.Position(), middle.Size(), foot.Position(), foot.Size())
	}
	if head.TopLeftCornerRadius != 12 || head.BottomLeftCornerRadius != 0 ||
		foot.BottomRightCornerRadius != 12 || foot.TopRightCornerRadius != 0 {
		t.Error("the wrong corners are round")
	}
	NewFill(color.NRGBA{R: 255, A: 51}).check(t, 1, 0, 0, 0.2)
}

func (f Fill) check(t *testing.T, r, g, b, a float32) {
	t.Helper()
	u := f.Object.(*canvas.Shader).Uniforms
	if u["r"] != r || u["g"] != g || u["b"] != b || u["a"] != a {
		t.Errorf("the colour is %v, want %v %v %v %v", u, r, g, b, a)
	}
}
