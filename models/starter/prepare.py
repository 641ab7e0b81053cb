#!/usr/bin/env python3
"""Unpack the training photos once and let a teacher label what their makers did not.

    prepare.py --training ../../../shared/training --teacher deimv2_femto_416.onnx --out FOLDER

FOLDER gets photos.u8 (every photo as RGB bytes, one after the other) and photos.json (where each
begins, its size, boxes and ignored regions). The training folder's README explains its format. Runs
for about three minutes on two cores.

A photo says in labelled_classes of which classes every instance is boxed. Of the others the
teacher's boxes are taken: from LIKELY as boxes, the less sure of them worth less than one that
somebody drew, and from UNSURE to LIKELY as regions where that class is neither rewarded nor
punished. Without a teacher the whole photo is such a region for these classes.
"""

import argparse
import json
import tarfile
from pathlib import Path

import cv2
import numpy as np
from classes import COCO
from overlap import overlap

# The teacher's scores: from SURE a box is worth as much as a drawn one.
SURE, LIKELY, UNSURE = 0.5, 0.3, 0.12


class Teacher:
    """DEIMv2-Femto in ONNX: a detector without doubles."""

    SIDE = 416

    def __init__(self, path):
        import onnxruntime

        self.session = onnxruntime.InferenceSession(path)

    def look(self, rgb):
        """Class ids of COCO, boxes 0..1 and scores."""
        picture = cv2.resize(
            rgb,
            (self.SIDE, self.SIDE),
            interpolation=cv2.INTER_AREA if max(rgb.shape[:2]) > self.SIDE else cv2.INTER_LINEAR,
        )
        tensor = np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32) / 255
        given = {"images": tensor, "orig_target_sizes": np.array([[1, 1]], np.int64)}
        labels, boxes, scores = (
            out[0] for out in self.session.run(["labels", "boxes", "scores"], given)
        )
        return labels, np.clip(boxes, 0, 1), scores


def complete(record, teacher, rgb):
    """Boxes [class, x1, y1, x2, y2, worth] and ignored regions [x1, y1, x2, y2, classes], 0..1,
    classes numbered as in COCO."""
    boxes = [[*b[:5], 1.0] for b in record["boxes"]]
    ignored = [[*r[:4], r[4]] for r in record["ignore"] if r[4]]
    known = record["labelled_classes"]
    missing = [] if known == "all" else [c for c in range(len(COCO)) if c not in known]
    if missing and teacher is None:
        ignored.append([0.0, 0.0, 1.0, 1.0, missing])
    elif missing:
        for label, box, score in zip(*teacher.look(rgb), strict=True):
            if label not in missing or score < UNSURE:
                continue
            own = int(label)
            same = np.array([b[1:5] for b in boxes if b[0] == own]).reshape(-1, 4)
            if len(same) and overlap(box, same).max() > 0.5:
                continue  # the makers have boxed it, or the teacher said it twice
            box = [float(v) for v in box]
            if score >= LIKELY:
                boxes.append([own, *box, min(1.0, float(score) / SURE)])
            else:
                ignored.append([*box, [own]])
    return boxes, ignored


def main():
    flags = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    flags.add_argument(
        "--training", type=Path, required=True, help="folder with labels.jsonl and shard-*.tar"
    )
    flags.add_argument(
        "--teacher",
        type=Path,
        help="ONNX file of DEIMv2; without it unlabelled classes are ignored",
    )
    flags.add_argument("--out", type=Path, required=True)
    flags.add_argument(
        "--clear",
        action="store_true",
        help="take only sources that state a permissive licence which nothing contradicts",
    )
    flags.add_argument(
        "--side",
        type=int,
        default=320,
        help="shrink photos so that their longer side has at most so many pixels",
    )
    given = flags.parse_args()

    teacher = Teacher(given.teacher) if given.teacher else None
    shards = {p.name: tarfile.open(p) for p in sorted(given.training.glob("shard-*.tar"))}
    records = [
        json.loads(line) for line in (given.training / "labels.jsonl").read_text().splitlines()
    ]
    if given.clear:
        sources = json.loads((given.training / "sources.json").read_text())
        records = [r for r in records if sources[r["source"]]["clean"]]
    given.out.mkdir(parents=True, exist_ok=True)
    entries, at = [], 0
    with open(given.out / "photos.u8", "wb") as out:
        for i, record in enumerate(records):
            data = shards[record["shard"]].extractfile(record["file"]).read()
            rgb = cv2.cvtColor(
                cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB
            )
            boxes, ignored = complete(record, teacher, rgb)
            scale = given.side / max(rgb.shape[:2])
            if scale < 1:
                rgb = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            entries.append(
                {
                    "file": record["file"],
                    "source": record["source"],
                    "at": at,
                    "h": rgb.shape[0],
                    "w": rgb.shape[1],
                    "boxes": boxes,
                    "ignored": ignored,
                }
            )
            out.write(rgb.tobytes())
            at += rgb.size
            if i % 500 == 499 or i == len(records) - 1:
                print(f"{i + 1} of {len(records)} photos", flush=True)
    (given.out / "photos.json").write_text(json.dumps({"classes": COCO, "photos": entries}))
    taught = sum(len(e["boxes"]) for e in entries)
    print(f"{taught} boxes of {len(COCO)} classes in {given.out}")


if __name__ == "__main__":
    main()
