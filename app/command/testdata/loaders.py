"""Loads what Handlens exports as others do: pycocotools, and supervision's loaders.

    python3 loaders.py results FILE    detect --format coco
    python3 loaders.py film FILE       render --format coco
    python3 loaders.py dataset DIR     a data set

Prints one JSON object with what it saw, for the test to judge.
"""

import contextlib
import json
import os
import sys

import supervision
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def loaded(path):
    with contextlib.redirect_stdout(sys.stderr):
        return COCO(path)


def results(path):
    """The results evaluated against themselves as the truth: all is found, and right."""
    with open(path) as f:
        found = json.load(f)
    files = {}
    for r in found:
        files.setdefault(r["image_id"], set()).add((r["file_name"], r.get("frame")))
    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": [{"id": i} for i in files],
        "categories": [{"id": c} for c in sorted({r["category_id"] for r in found})],
        "annotations": [
            {
                "id": n + 1,
                "image_id": r["image_id"],
                "category_id": r["category_id"],
                "bbox": r["bbox"],
                "area": r["bbox"][2] * r["bbox"][3],
                "iscrowd": 0,
            }
            for n, r in enumerate(found)
        ],
    }
    with contextlib.redirect_stdout(sys.stderr):
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(path), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return {
        "ids": sorted(files),
        "files_of_an_id": max(len(f) for f in files.values()),
        "files": sorted({f for of in files.values() for f, _ in of}),
        "ap": round(evaluation.stats[0], 3),
    }


def film(path):
    coco = loaded(path)
    outside = 0
    for a in coco.loadAnns(coco.getAnnIds()):
        image = coco.loadImgs(a["image_id"])[0]
        x, y, w, h = a["bbox"]
        outside += x < 0 or y < 0 or x + w > image["width"] + 1 or y + h > image["height"] + 1
    images = coco.loadImgs(coco.getImgIds())
    return {
        "images": len(images),
        "boxes": len(coco.getAnnIds()),
        "sizes": sorted({(i["width"], i["height"]) for i in images}),
        "outside": outside,
        "classes": [c["name"] for c in coco.loadCats(coco.getCatIds())],
    }


def boxes(dataset):
    return {
        os.path.basename(path): sorted(
            [dataset.classes[c]] + [round(float(v)) for v in box]
            for box, c in zip(found.xyxy, found.class_id)
        )
        for path, _, found in dataset
    }


def dataset(path):
    images = os.path.join(path, "images")
    annotations = os.path.join(path, "annotations.json")
    by_coco = supervision.DetectionDataset.from_coco(
        images_directory_path=images, annotations_path=annotations
    )
    by_yolo = supervision.DetectionDataset.from_yolo(
        images_directory_path=images,
        annotations_directory_path=os.path.join(path, "labels"),
        data_yaml_path=os.path.join(path, "data.yaml"),
    )
    return {
        "images": len(loaded(annotations).getImgIds()),
        "coco": boxes(by_coco),
        "yolo": boxes(by_yolo),
    }


if __name__ == "__main__":
    print(json.dumps({"results": results, "film": film, "dataset": dataset}[sys.argv[1]](sys.argv[2])))
