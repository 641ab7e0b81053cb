package recording

import (
	"errors"
	"strings"
	"testing"
	"time"

	"handlens/inference"
)

func TestTable(t *testing.T) {
	var out strings.Builder
	table := NewTable(&out)
	dog := inference.Detection{
		Box: inference.Box{X1: 0.25, Y1: 0.5, X2: 0.5, Y2: 0.75}, Label: "dog", Score: 0.87654,
	}
	cat := dog
	cat.Label, cat.Track = "cat", 7
	for _, err := range []error{
		table.Add(TableFrame{File: `a, "b".jpg`, Width: 400, Height: 200},
			[]inference.Detection{dog}),
		table.Add(TableFrame{File: "empty.jpg", Width: 10, Height: 10}, nil),
		table.Add(TableFrame{
			File: "v.mp4", Width: 640, Height: 360,
			Video: true, Frame: 3, At: 1500 * time.Millisecond,
		}, []inference.Detection{cat, dog}),
		table.Flush(),
		table.Flush(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := `file,frame,time_s,label,confidence,x,y,width,height,id,frame_width,frame_height,corners
"a, ""b"".jpg",,,dog,0.877,100.00,100.00,100.00,50.00,,400,200,
v.mp4,3,1.500,cat,0.877,160.00,180.00,160.00,90.00,7,640,360,
v.mp4,3,1.500,dog,0.877,160.00,180.00,160.00,90.00,,640,360,
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestTablePassesErrorsOn(t *testing.T) {
	if err := NewTable(fullDisk{}).Flush(); err == nil {
		t.Error("a full disk went unnoticed")
	}
}

func TestRound(t *testing.T) {
	for _, c := range []struct {
		v      float64
		places int
		want   float64
	}{{1.2345, 2, 1.23}, {1.235, 2, 1.24}, {-0.5, 0, -1}, {7, 3, 7}} {
		if got := Round(c.v, c.places); got != c.want {
			t.Errorf("%v to %d places is %v, want %v", c.v, c.places, got, c.want)
		}
	}
}
