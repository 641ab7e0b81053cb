package command

import (
	"slices"
	"testing"
)

func TestImageIDs(t *testing.T) {
	for _, c := range []struct {
		files []string
		want  []int64
	}{
		{[]string{"val/000000000285.jpg", "val/000000000139.jpg"}, []int64{285, 139}},
		{[]string{"COCO_val2014_000000000042.jpg", "IMG_7.jpg"}, []int64{42, 1}},
		{[]string{"a/7.jpg", "b/7.jpg", "c/007.png"}, []int64{0, 1, 2}},
		{[]string{"cat.jpg", "0.jpg", "dog.jpg", "2.jpg"}, []int64{1, 0, 3, 2}},
		{[]string{"9.mp4", "9.mp4", "3.jpg", "bird.jpg"}, []int64{0, 1, 3, 4}},
		{[]string{"99999999999999999999.jpg"}, []int64{0}},
	} {
		ids := newImageIDs(c.files)
		var got []int64
		for i, file := range c.files {
			got = append(got, ids.of(file, file == "9.mp4", i))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v are %v, want %v", c.files, got, c.want)
		}
	}
}
