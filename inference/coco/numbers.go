package coco

// Classes is how many categories the detection task has, Numbers how many numbers they take, 0
// included.
const (
	Classes = 80
	Numbers = 91
)

// gaps are the numbers in 1..90 that the detection task left out when 80 of its 91 categories were
// kept.
var gaps = []int{12, 26, 29, 30, 45, 66, 68, 69, 71, 83}

// Number returns COCO's own number of a category, 1..90, for its place among the 80, 0..79.
func Number(class int) int {
	number := class + 1
	for _, gap := range gaps {
		if number >= gap {
			number++
		}
	}
	return number
}
