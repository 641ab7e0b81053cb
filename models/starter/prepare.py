#!/usr/bin/env python3
"""Unpack the training photos once and let a teacher label what their makers did not.

    prepare.py --training ../../../shared/training --teacher deimv2_femto_416.onnx --out FOLDER

FOLDER gets photos.u8 (every photo as RGB bytes, one after the other) and photos.json (where each
begins, its size, boxes and ignored regions). The training folder's README explains its format.

The teacher is distilled (Hinton et al. 2015, arXiv 1503.02531): each box has a chance for every
class, and each of its sides five places where it may as well lie (localisation distillation, Zheng
et al. 2022, arXiv 2102.12252). The teacher looks at the whole photo and, where not all is labelled,
at parts of it, in which small things are larger. A photo says in labelled_classes of which classes
every instance is boxed; of the others the teacher's boxes are taken. The class of a box that
somebody drew has a chance of DRAWN, and more as far as the teacher sees it there; what else the
teacher sees there shares the rest. Frames of films have the teacher's boxes alone. Without a
teacher a photo is ignored for the classes of which it does not have every instance.
"""

import argparse
import itertools
import json
import tarfile
from pathlib import Path

import cv2
import numpy as np
from classes import COCO
from overlap import overlap

# The teacher's scores: from SURE on a box is certain, below UNSURE it is none; what has less than
# LEAST is none of its classes.
SURE, UNSURE, LEAST = 0.5, 0.15, 0.05
QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)  # the quantiles that stand for where a side may lie
DRAWN = 0.6  # of the chance of a box that somebody drew
SAME, NEAR = 0.5, 0.65  # overlaps: of the makers' box and the teacher's, of two of the teacher's
PART = 0.6  # side of a part of a photo by the photo's; parts from LEAST_PART pixels on
LEAST_PART = 128
INNER = 0.02  # a box that comes so near to the inner edge of a part is cut off there


class Teacher:
    """DEIMv2 (Huang et al. 2025, arXiv 2509.20787) from its ONNX file, with what its graph makes on
    the way: for each of its queries a box and the chances of all classes, and for each side of the
    box how likely each offset is, in steps that are not even (Peng et al. 2024, D-FINE, arXiv
    2410.13842)."""

    SIDE = 416
    BOXES, SCORES = "/postprocessor/Concat_output_0", "/postprocessor/Sigmoid_output_0"
    OFFSETS = "/model/decoder/decoder/integral_2/Softmax_output_0"
    STEPS, REACH = "onnx::Identity_1215", "model.decoder.reg_scale"

    def __init__(self, path):
        import onnx
        import onnxruntime

        model = onnx.load(path)
        known = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
        self.steps = known[self.STEPS].reshape(-1)
        self.reach = abs(known[self.REACH].item())
        del model.graph.output[:]
        for name in (self.BOXES, self.SCORES, self.OFFSETS):
            model.graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
        self.session = onnxruntime.InferenceSession(model.SerializeToString())

    def glance(self, rgb):
        """Boxes [n,4] in 0..1, where else their sides may lie (QUANTILES, [n,4,5], outwards from
        the box's) and the chances [n,C] of their classes, in one picture."""
        picture = cv2.resize(
            rgb,
            (self.SIDE, self.SIDE),
            interpolation=cv2.INTER_AREA if min(rgb.shape[:2]) > self.SIDE else cv2.INTER_LINEAR,
        )
        picture = picture.transpose(2, 0, 1)[None].astype(np.float32) / 255
        given = {"images": picture, "orig_target_sizes": np.array([[1, 1]], np.int64)}
        boxes, scores, offsets = self.session.run(None, given)
        boxes, scores, offsets = boxes[0], scores[0], offsets.reshape(-1, 4, len(self.steps))
        good = scores.max(1) >= UNSURE
        boxes, scores, offsets = boxes[good], scores[good], offsets[good]
        mean = offsets @ self.steps
        # Offsets count by the size of the query's first box, of which the last one's follows.
        sides = boxes[:, 2:] - boxes[:, :2]
        unit = np.tile(sides / (self.reach + mean[:, :2] + mean[:, 2:]), 2)
        places = self.places(offsets) * unit[..., None]
        chances = np.where(scores >= LEAST, np.minimum(1, scores / SURE), 0)
        return np.clip(boxes, 0, 1), places, chances

    def places(self, offsets):
        """The quantiles of distributions [n,4,steps] about their mean [n,4,5]."""
        below = np.cumsum(offsets, 2) - offsets / 2
        found = [np.interp(QUANTILES, b, self.steps) for b in below.reshape(-1, len(self.steps))]
        found = np.array(found, np.float32).reshape(*offsets.shape[:2], len(QUANTILES))
        return found - found.mean(2, keepdims=True)

    def look(self, rgb):
        """The same in a photo and its parts, each thing once."""
        seen = [self.glance(rgb)]
        h, w = rgb.shape[:2]
        ph, pw = int(h * PART), int(w * PART)
        share = np.array([pw / w, ph / h] * 2, np.float32)
        if min(ph, pw) >= LEAST_PART:
            for y in (0, h - ph):
                for x in (0, w - pw):
                    boxes, places, chances = self.glance(rgb[y : y + ph, x : x + pw])
                    edge = np.array([x > 0, y > 0, x == 0, y == 0])
                    cut = (np.abs(boxes - np.array([0, 0, 1, 1])) < INNER) & edge
                    whole = ~cut.any(1)
                    boxes = boxes * share + np.array([x / w, y / h] * 2, np.float32)
                    seen.append((boxes[whole], (places * share[:, None])[whole], chances[whole]))
        return once(*(np.concatenate(part) for part in zip(*seen, strict=True)))


def once(boxes, places, chances):
    """Of boxes that are nearly the same the surest, with the best chances of all for a class."""
    left, kept = np.argsort(-chances.max(1), kind="stable"), []
    while len(left):
        best = left[0]
        same = overlap(boxes[best], boxes[left]) > NEAR
        same[0] = True
        chances[best] = chances[left[same]].max(0)
        kept.append(best)
        left = left[~same]
    return boxes[kept], places[kept], chances[kept]


def complete(record, teacher, rgb):
    """Boxes [class, x1, y1, x2, y2, places of each side, chances] and ignored regions [x1, y1, x2,
    y2, classes], 0..1, classes numbered as in COCO; chances are {class: chance}."""
    drawn = [[int(b[0]), *b[1:5]] for b in record["boxes"]]
    ignored = [[*r[:4], r[4]] for r in record["ignore"] if r[4]]
    known = record["labelled_classes"]
    missing = [] if known == "all" else [c for c in range(len(COCO)) if c not in known]
    if teacher is None:
        if missing:
            ignored.append([0.0, 0.0, 1.0, 1.0, missing])
        return [[*b, [0.0] * 4 * len(QUANTILES), {b[0]: 1.0}] for b in drawn], ignored
    found, places, chances = teacher.look(rgb) if missing else teacher.glance(rgb)
    free = np.ones(len(found), bool)
    boxes = []
    for own, *box in drawn:
        sure, soft = np.zeros(len(COCO), np.float32), np.zeros((4, len(QUANTILES)))
        if len(found):
            common = overlap(np.array(box, np.float32), found)
            sure = (chances * (common > SAME)[:, None]).max(0)
            free &= (common <= SAME) | (chances[:, own] < chances.max(1))
            if common.max() > SAME:
                soft = places[common.argmax()]
        sure *= 1 - DRAWN
        sure[own] += DRAWN
        boxes.append([own, *box, numbers(soft), some(sure)])
    for box, soft, sure in zip(found[free], places[free], chances[free], strict=True):
        wanted = np.zeros_like(sure)
        wanted[missing] = sure[missing]
        if wanted.max() >= UNSURE / SURE:
            boxes.append([int(wanted.argmax()), *numbers(box), numbers(soft), some(wanted)])
    return boxes, ignored


def numbers(values):
    """For JSON."""
    return [round(float(v), 5) for v in np.ravel(values)]


def some(chances):
    """Those that are not nothing, for JSON."""
    return {int(c): round(float(chances[c]), 3) for c in np.flatnonzero(chances > 0.02)}


def photos(records, shards):
    """Each record with its photo as RGB."""
    for record in records:
        data = shards[record["shard"]].extractfile(record["file"]).read()
        coded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        yield record, cv2.cvtColor(coded, cv2.COLOR_BGR2RGB)


def frames(films, every):
    """Frames of films, so many seconds apart, of which nothing is known, with their pictures."""
    for path in films:
        film = cv2.VideoCapture(str(path))
        step = max(1, round(every * film.get(cv2.CAP_PROP_FPS)))
        number = 0
        while film.grab():
            if number % step == 0:
                ok, picture = film.retrieve()
                if ok:
                    record = {"file": f"{path.name} {number}", "source": "film", "boxes": []}
                    record |= {"ignore": [], "labelled_classes": []}
                    yield record, cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
            number += 1


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
    flags.add_argument(
        "--films", type=Path, nargs="*", default=[], help="films whose frames the teacher labels"
    )
    flags.add_argument("--every", type=float, default=0.5, help="seconds between two frames")
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
    pictures = itertools.chain(photos(records, shards), frames(given.films, given.every))
    with open(given.out / "photos.u8", "wb") as out:
        for record, rgb in pictures:
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
            if len(entries) % 500 == 0:
                print(f"{len(entries)} of {len(records)} photos", flush=True)
    (given.out / "photos.json").write_text(json.dumps({"classes": COCO, "photos": entries}))
    taught = sum(len(e["boxes"]) for e in entries)
    print(f"{taught} boxes on {len(entries)} photos and frames in {given.out}")


if __name__ == "__main__":
    main()
