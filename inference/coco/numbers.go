package coco

// Classes is the number of categories in the detection task; Numbers is one more than their largest
// number.
const (
	Classes = 80
	Numbers = 91
)

// gaps are the numbers in 1..90 that the detection task does not use: it kept 80 of 91 categories.
var gaps = []int{12, 26, 29, 30, 45, 66, 68, 69, 71, 83}

// Number returns COCO's own number, 1..90, of the category with the index 0..79.
func Number(class int) int {
	number := class + 1
	for _, gap := range gaps {
		if number >= gap {
			number++
		}
	}
	return number
}
