// Package coco evaluates what a detector found against the ground truth, as the COCO detection
// challenge defines it (https://cocodataset.org/#detection-eval, pycocotools/cocoeval.py):
// precision is read at 101 recalls and averaged over ten IoUs (0.50 to 0.95), for at most 100
// objects per image, and crowd regions neither count nor cost. It also has the names and numbers of
// COCO's categories.
//
// It is plain arithmetic on values, in pure Go: no goroutines, and no files but what [Read] is
// given.
package coco
