package layout

import (
	"slices"

	"handlens/inference/coco"
)

// head says how a model's outputs hold the boxes. N is the number of cells or rows, C that of
// classes.
type head uint8

const (
	// channelsFirst is [1, 4+C, N]: centre, size and a score for each class in the rows, one cell
	// in each column (YOLOv8, YOLO11).
	channelsFirst head = iota
	// channelsLast is the same transposed, [1, N, 4+C].
	channelsLast
	// gridOffsets is [1, N, 5+C]: one cell in each row, with the offset in the cell, log sizes,
	// objectness and class scores (YOLOX).
	gridOffsets
	// objectness is the same with centre and size in pixels (YOLOv5, and YOLOX exported with its
	// decoding).
	objectness
	// endToEnd is [1, N, 6]: two corners, score and class (YOLOv10, YOLO26).
	endToEnd
	// detectionList is a finished list: labels [1, N], boxes [1, N, 4], scores [1, N] (RT-DETR,
	// D-FINE, DEIM, SSD, torchvision).
	detectionList
	// queries is logits [1, Q, C] and boxes [1, Q, 4] (DETR, RF-DETR, RT-DETR without its last
	// step).
	queries
	// featureLevels is, for each stride, class scores [1, N, C] and distances as distributions,
	// [1, N, 4*bins] (NanoDet).
	featureLevels
	// scoredList is boxes with their scores [1, N, 5] and labels [1, N] (mmdeploy).
	scoredList
	// indexList is boxes [1, N, 4], scores [1, C, N] and the indices of those that count [K, 3]
	// (the ONNX zoo's YOLOv3).
	indexList
	// describedRows is rows whose columns a sidecar names.
	describedRows
	// listRows is a finished list, a row for each box with columns in an order of its own.
	listRows
	// distribution is both in one row, [1, N, C+4*bins] (NanoDet-Plus).
	distribution
	// mapCells is maps [1, C, height, width] of scores and of what makes boxes, as mapData has them
	// (CenterNet, DetectNet_v2, the heads of YOLOv8).
	mapCells
	// faceCells is faces with landmarks, as faceData has them (SCRFD, YuNet, RetinaFace).
	faceCells
)

// activation says what has to be done to a class score to get a probability.
type activation uint8

const (
	// none: the scores are 0..1 already.
	none activation = iota
	// sigmoid: each is the logarithm of its odds.
	sigmoid
	// softmax: they are log probabilities of exclusive classes, the last of which is the
	// background.
	softmax
)

// boxUnit says what boxes are measured in.
type boxUnit uint8

const (
	// pixels of the model's input.
	pixels boxUnit = iota
	// normalised to the input's sides, 0..1.
	normalised
	// originalSize: in pixels of the frame size that the model was told, which is always
	// [OriginalSide].
	originalSize
)

// OriginalSide is what models that ask for the frame's size are told, for both sides, in pixels.
// Their boxes then come in units of it whether an export takes (width, height), as the family does,
// or (height, width). As a power of two it costs no precision.
const OriginalSide = 4096

// The families. Recognise fills in what depends on the model.
var (
	yolov8Layout = Layout{
		family: "YOLOv8", head: channelsFirst, fit: Centred, unit: true, nms: true,
	}
	// yolov8RowsLayout is YOLOv8 with a row for each cell, as some exporters write it.
	yolov8RowsLayout = Layout{
		family: "YOLOv8", head: channelsLast, fit: Centred, unit: true, nms: true,
	}
	yoloxLayout = Layout{
		family: "YOLOX", head: gridOffsets, fit: TopLeft, bgr: true, nms: true,
		strides: yoloStrides,
	}
	yolov5Layout = Layout{
		family: "YOLOv5", head: objectness, fit: Centred, unit: true, nms: true,
	}
	// yolov6Layout is YOLOv6, which keeps the column of an objectness, always 1 (meituan/YOLOv6,
	// deploy/ONNX).
	yolov6Layout = Layout{
		family: "YOLOv6", head: objectness, fit: Centred, unit: true, nms: true,
	}
	// yolov5FaceLayout has x and y of five landmarks between the objectness and its one class
	// (deepcam-cn/yolov5-face).
	yolov5FaceLayout = Layout{
		family: "YOLOv5-face", head: objectness, fit: Centred, unit: true, nms: true, classes: 1,
		classNames: []string{"face"}, unnamed: true,
		shapes: shapeData{keypoints: 5, values: 2, at: 5},
	}
	// queryRowsLayout is a transformer with boxes and scores in one row (Ultralytics' RT-DETR).
	queryRowsLayout = Layout{
		family: "RT-DETR", head: channelsLast, fit: Stretch, unit: true, boxUnit: normalised,
	}
	// efficientDetLayout has the picture's number, y1, x1, y2, x2 in pixels, score and class, from
	// 1 (google/automl, efficientdet); yolov7EndLayout the picture's number, x1, y1, x2, y2, class
	// and score (WongKinYiu/yolov7, export.py --end2end).
	efficientDetLayout = Layout{
		family: "EfficientDet", head: listRows, fit: TopLeft, black: true,
		columns: rowColumns{width: 7, x1: 2, y1: 1, x2: 4, y2: 3, score: 5, class: 6},
	}
	yolov7EndLayout = Layout{
		family: "YOLOv7", head: listRows, fit: Centred, unit: true,
		columns: rowColumns{width: 7, x1: 1, y1: 2, x2: 3, y2: 4, class: 5, score: 6},
	}
	// yoloNASFlatLayout has the picture's number, two corners, score and class (Deci,
	// super-gradients); paddleLayout class, score and two corners (PaddleDetection's PP-YOLOE and
	// PicoDet).
	yoloNASFlatLayout = Layout{
		family: "YOLO-NAS", head: listRows, fit: Centred, unit: true,
		columns: rowColumns{width: 7, x1: 1, y1: 2, x2: 3, y2: 4, score: 5, class: 6},
	}
	paddleLayout = Layout{
		family: "PaddleDetection", head: listRows, fit: Stretch, unit: true,
		columns: rowColumns{width: 6, class: 0, score: 1, x1: 2, y1: 3, x2: 4, y2: 5},
	}
	// indexLayout is the ONNX zoo's YOLOv3 and Tiny YOLOv3 (onnx/models, yolov3), which are told
	// the picture's size.
	indexLayout = Layout{
		family: "YOLOv3", head: indexList, fit: Stretch, unit: true, boxUnit: originalSize,
	}
	endToEndLayout = Layout{family: "YOLO end-to-end", head: endToEnd, fit: Centred, unit: true}

	// NanoDet pads with black. Smoothing, which its own pipeline does not do, gave 0.6 mAP more on
	// the labelled photos. Its normalisation is ImageNet's in OpenCV's channel order
	// (RangiLyu/nanodet, config/legacy_v0.x_configs/nanodet-m.yml).
	nanodetLayout = Layout{
		family: "NanoDet", head: featureLevels, fit: Centred, black: true, antialias: true,
		bgr: true, nms: true, middle: 0.5, strides: [4]int{8, 16, 32},
		mean: [3]float32{103.53, 116.28, 123.675}, std: [3]float32{57.375, 57.12, 58.395},
	}
	// NanoDet-Plus puts its priors at the cells' corners and has a fourth stride
	// (nanodet/model/head/nanodet_plus_head.py).
	nanodetPlusLayout = Layout{
		family: "NanoDet-Plus", head: distribution, fit: Stretch, bgr: true, nms: true,
		strides: [4]int{8, 16, 32, 64},
		mean:    [3]float32{103.53, 116.28, 123.675}, std: [3]float32{57.375, 57.12, 58.395},
	}

	// detrListLayout is a transformer with its last step: RT-DETR, D-FINE, DEIM.
	detrListLayout = Layout{
		family: "DETR", head: detectionList, fit: Stretch, unit: true, antialias: true,
		boxUnit: originalSize,
	}
	// queriesLayout is the same without its last step: logits and boxes for each query.
	queriesLayout = Layout{
		family: "DETR", head: queries, fit: Stretch, unit: true, antialias: true,
		activation: sigmoid, boxUnit: normalised,
	}
	// customVisionLayout is Azure Custom Vision's compact [S1]: corners in shares, classes from 0;
	// its metadata says order and range.
	customVisionLayout = Layout{
		family: "Custom Vision", head: detectionList, fit: Stretch, boxUnit: normalised,
	}
	// benchmarkLayout is a detector of maskrcnn-benchmark, as the ONNX zoo has Faster R-CNN
	// (onnx/models, faster-rcnn): means of 0..255 in blue, green, red, classes from 1 without gaps.
	benchmarkLayout = Layout{
		family: "Faster R-CNN", head: detectionList, fit: TopLeft, black: true, bgr: true,
		mean: [3]float32{102.9801, 115.9465, 122.7717}, std: [3]float32{1, 1, 1},
	}
	// detectron2Layout is Detectron2's: means of 0..255 in blue, green, red, classes from 0.
	detectron2Layout = Layout{
		family: "Detectron2", head: detectionList, fit: TopLeft, black: true, bgr: true,
		mean: [3]float32{103.53, 116.28, 123.675}, std: [3]float32{1, 1, 1},
	}
	// detectionOutputLayout is the last layer of Caffe's SSD, as OpenVINO keeps it: the picture's
	// number, class, score, and corners in shares.
	detectionOutputLayout = Layout{
		family: "SSD", head: listRows, fit: Stretch, bgr: true, boxUnit: normalised,
		columns: rowColumns{width: 7, class: 1, score: 2, x1: 3, y1: 4, x2: 5, y2: 6},
	}
	// zooSSDLayout is the ONNX zoo's SSD (onnx/models, ssd): shares, classes from 1 without gaps.
	zooSSDLayout = Layout{
		family: "SSD", head: detectionList, fit: Stretch, unit: true, boxUnit: normalised,
		mean: imageNetMean, std: imageNetStd,
	}
	// mmdetLayout is what mmdeploy makes of RTMDet: boxes with their scores, and labels.
	mmdetLayout = Layout{
		family: "RTMDet", head: scoredList, fit: TopLeft, bgr: true,
		mean: [3]float32{103.53, 116.28, 123.675}, std: [3]float32{57.375, 57.12, 58.395},
	}
	// pairLayout is class scores and boxes for each cell, in two outputs.
	pairLayout = Layout{family: "cells", head: queries, nms: true}
	// tensorflowLayout is a detector of TensorFlow's Object Detection API: y before x, and classes
	// that count from 1.
	tensorflowLayout = Layout{
		family: "SSD", head: detectionList, fit: Stretch, boxUnit: normalised, yx: true,
	}
	// torchvisionLayout is a detector of torchvision, whose classes count from 1 as well: 0 is the
	// background.
	torchvisionLayout = Layout{
		family: "torchvision", head: detectionList, fit: Stretch, unit: true, antialias: true,
	}
)

// RF-DETR and plain DETR are normalised as ImageNet is (rfdetr/detr.py; facebookresearch/detr,
// datasets/coco.py).
var (
	imageNetMean = [3]float32{0.485, 0.456, 0.406}
	imageNetStd  = [3]float32{0.229, 0.224, 0.225}
)

// cocoClasses maps COCO's own category numbers to the 80 classes; -1 stands for the gaps.
func cocoClasses() []int16 {
	list := slices.Repeat([]int16{-1}, coco.Numbers)
	for class := range coco.Classes {
		list[coco.Number(class)] = int16(class)
	}
	return list
}

// fromOne maps n classes that count from 1 to classes that count from 0.
func fromOne(n int) []int16 {
	list := make([]int16, n+1)
	for i := range list {
		list[i] = int16(i - 1)
	}
	return list
}

// numberContiguously makes the layout's classes count from 1 without COCO's gaps: as many as have
// names, or else 80.
func (l *Layout) numberContiguously(named int) {
	if named == 0 {
		named = coco.Classes
	}
	l.classes, l.renumber = named, fromOne(named)
}

// numberFromOne makes the layout's classes count from 1: as many as have names, or else COCO's by
// its own numbers.
func (l *Layout) numberFromOne(named int) {
	if named > 0 {
		l.classes, l.renumber = named, fromOne(named)
		return
	}
	l.classes, l.renumber = coco.Classes, cocoClasses()
}
