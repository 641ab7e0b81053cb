// Package coco judges what a detector found against what is there, by the definition of the COCO
// detection challenge (https://cocodataset.org/#detection-eval, pycocotools/cocoeval.py): precision
// is read at 101 recalls and averaged over ten overlaps (IoU 0.50 to 0.95), for at most 100 objects
// a picture, and crowd regions neither count nor cost.
//
// It is plain arithmetic on values: no files but the one that Read is given, no goroutines.
package coco
