package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
)

// Fill is a plain rectangle of one colour. Fyne's own can also have a stroke and a shadow, and
// without a graphics card the processor works both out for each pixel, which takes nearly three
// times as long; and Fyne paints the whole window for each picture of a phone.
type Fill struct {
	// Object is what goes on the canvas.
	Object fyne.CanvasObject
}

// NewFill returns a Fill of that colour.
func NewFill(c color.Color) Fill {
	var f Fill
	if paintsShaders() {
		f.Object = canvas.NewShader("handlens fill", []byte("#version 110\n"+fillShader),
			[]byte("#version 100\n#ifdef GL_FRAGMENT_PRECISION_HIGH\nprecision highp float;\n"+
				"#else\nprecision mediump float;\n#endif\n"+fillShader))
	} else {
		f.Object = canvas.NewRectangle(c)
	}
	f.SetColor(c)
	return f
}

// SetColor gives it another colour.
func (f Fill) SetColor(c color.Color) {
	switch o := f.Object.(type) {
	case *canvas.Rectangle:
		o.FillColor = c
	case *canvas.Shader:
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		o.Uniforms = map[string]float32{
			"r": float32(n.R) / 255, "g": float32(n.G) / 255, "b": float32(n.B) / 255,
			"a": float32(n.A) / 255,
		}
	}
	canvas.Refresh(f.Object)
}

// paintsShaders says whether the canvas is painted by OpenGL: that of tests is not.
func paintsShaders() bool {
	_, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok
}

// What Fyne draws reaches a little beyond the bounds. gl_FragCoord counts from below.
const fillShader = `
uniform vec2 frame;
uniform vec4 bounds;
uniform float r;
uniform float g;
uniform float b;
uniform float a;

void main() {
    vec2 at = vec2(gl_FragCoord.x, frame.y - gl_FragCoord.y);
    if (at.x < bounds.x || at.y < bounds.y || at.x > bounds.z || at.y > bounds.w) {
        discard;
    }
    gl_FragColor = vec4(r, g, b, a);
}
`
