package inference

import (
	"slices"

	"handlens/assets"
	"handlens/inference/coco"
)

// activation says what still has to be done to a class score.
type activation uint8

const (
	// none: the scores are 0..1 already.
	none activation = iota
	// sigmoid: each is the logarithm of its odds.
	sigmoid
	// softmax: they are logarithms of shares of one whole, the last of which is the background's.
	softmax
)

// boxUnit says what boxes are measured in.
type boxUnit uint8

const (
	// pixels of the model's input.
	pixels boxUnit = iota
	// shares of the input's sides, 0..1.
	shares
	// nominal: parts of nominalSide, which the model was told to be the picture's size.
	nominal
)

// The families as they are; recognise fills in what depends on the model.
var (
	yolov8Layout   = layout{family: "YOLOv8", head: columns, fit: centred, unit: true, nms: true}
	yoloxLayout    = layout{family: "YOLOX", head: grid, fit: topLeft, bgr: true, nms: true}
	yolov5Layout   = layout{family: "YOLOv5", head: rows, fit: centred, unit: true, nms: true}
	endToEndLayout = layout{family: "YOLO end-to-end", head: endToEnd, fit: centred, unit: true}
	tripleLayout   = layout{
		family: "DETR", head: triple, fit: stretch, unit: true, antialias: true,
		measure: nominal,
	}

	// plainLayout is YOLOv8's with a row for each cell, as some exporters turn it.
	plainLayout = layout{family: "YOLOv8", head: plain, fit: centred, unit: true, nms: true}
	// NanoDet's surroundings are black, and smoothing, which its own pipeline does not do, gave 0.6
	// mAP more on the labelled photos. Its normalisation is OpenCV's order of ImageNet's
	// (RangiLyu/nanodet, config/legacy_v0.x_configs/nanodet-m.yml).
	nanodetLayout = layout{
		family: "NanoDet", head: levels, fit: centred, black: true, antialias: true, bgr: true,
		nms: true, middle: 0.5, steps: [4]int{8, 16, 32},
		mean: [3]float32{103.53, 116.28, 123.675}, std: [3]float32{57.375, 57.12, 58.395},
	}
	// NanoDet-Plus puts its priors at the cells' corners and has a fourth stride
	// (nanodet/model/head/nanodet_plus_head.py).
	nanodetPlusLayout = layout{
		family: "NanoDet-Plus", head: distribution, fit: stretch, bgr: true, nms: true,
		steps: [4]int{8, 16, 32, 64},
		mean:  [3]float32{103.53, 116.28, 123.675}, std: [3]float32{57.375, 57.12, 58.395},
	}
	// queriesLayout is RT-DETR, D-FINE and DEIM without their last step: logits and boxes for each
	// query.
	queriesLayout = layout{
		family: "DETR", head: queries, fit: stretch, unit: true, antialias: true,
		activation: sigmoid, measure: shares,
	}
	// RF-DETR and plain DETR are normalised as ImageNet is (rfdetr/detr.py; facebookresearch/detr,
	// datasets/coco.py).
	imageNetMean = [3]float32{0.485, 0.456, 0.406}
	imageNetStd  = [3]float32{0.229, 0.224, 0.225}
	// tensorflowLayout is a detector of TensorFlow's Object Detection API: y before x, and classes
	// that count from 1.
	tensorflowLayout = layout{family: "SSD", head: triple, fit: stretch, measure: shares, yx: true}
	// torchvisionLayout is a detector of torchvision, whose classes count from 1 as well: 0 is the
	// background.
	torchvisionLayout = layout{
		family: "torchvision", head: triple, fit: stretch, unit: true,
		antialias: true,
	}
)

// cocoClasses makes COCO's own numbers of categories into the 80 classes; -1 stands at the gaps.
func cocoClasses() []int16 {
	list := slices.Repeat([]int16{-1}, coco.Numbers)
	for class := range coco.Classes {
		list[coco.Number(class)] = int16(class)
	}
	return list
}

// fromOne makes n classes that count from 1 into such that count from 0.
func fromOne(n int) []int16 {
	list := make([]int16, n+1)
	for i := range list {
		list[i] = int16(i - 1)
	}
	return list
}

// numberFromOne has the layout's classes count from 1: those that have names, else COCO's by its
// own numbers.
func (l *layout) numberFromOne(named int) {
	if named > 0 {
		l.classes, l.renumber = named, fromOne(named)
		return
	}
	l.classes, l.renumber = len(assets.CocoLabels()), cocoClasses()
}
