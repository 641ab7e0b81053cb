package command

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"handlens/app/cli"
	"handlens/inference"
)

func TestCSVReport(t *testing.T) {
	box := inference.Box{X1: 0.25, Y1: 0.5, X2: 0.5, Y2: 0.75}
	got := reported(t, "csv", []scene{
		{
			file: "a, \"b\".jpg", width: 400, height: 200,
			found: []inference.Detection{{Box: box, Label: "dog", Score: 0.87654}},
		},
		{file: "empty.jpg", width: 10, height: 10},
		{
			file: "v.mp4", video: true, frame: 3, pts: 1500 * time.Millisecond, width: 640,
			height: 360,
			found:  []inference.Detection{{Box: box, Label: "cat", Score: 0.5, Track: 7}},
		},
	})
	want := `file,frame,time_s,label,confidence,x,y,width,height,id,frame_width,frame_height,corners
"a, ""b"".jpg",,,dog,0.877,100.00,100.00,100.00,50.00,,400,200,
v.mp4,3,1.500,cat,0.500,160.00,180.00,160.00,90.00,7,640,360,
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := reported(t, "csv",
		nil); got != "file,frame,time_s,label,confidence,x,y,width,height,id,"+
		"frame_width,frame_height,corners\n" {
		t.Errorf("nothing at all is %q", got)
	}
}

func TestDetectKeepsIDsInAVideo(t *testing.T) {
	stdout, _ := detect(t, cli.Done, "--format", "csv", "--model", colourModel(t, "end2end"),
		"testdata/patch.mp4", "testdata/patch.mp4")
	rows, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
	if err != nil || len(rows) != 17 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows[1:] {
		if row[9] != "1" || row[3] != "red" {
			t.Errorf("row %d is %q, want the one red object with id 1, as each video counts for "+
				"itself", i, row)
		}
	}
	stdout, _ = detect(t, cli.Done, "--format", "coco", "--model", colourModel(t, "end2end"),
		"testdata/patch.mp4")
	if n := strings.Count(stdout, `"track_id":1`); n != 8 {
		t.Errorf("%d COCO results have the id, want 8", n)
	}
}
