#!/usr/bin/env python3
"""Draw a small training folder of the same form as the real one, to prove the recipe without
photos.

    drawn.py --out FOLDER [--photos 240]

Four of the taught classes are a shape each (a tall ellipse, a broad rectangle, a triangle, a ring)
of any colour before a background of noise and lines. Some photos have only two of the classes
labelled, some a region to be ignored, so that these paths are gone too.
"""

import argparse
import io
import json
import tarfile
from pathlib import Path

import cv2
import numpy as np
from classes import COCO

SHAPES = ("person", "car", "bus", "dog")


def draw(canvas, shape, box, colour):
    x1, y1, x2, y2 = box
    middle, half = ((x1 + x2) // 2, (y1 + y2) // 2), ((x2 - x1) // 2, (y2 - y1) // 2)
    if shape == "person":
        cv2.ellipse(canvas, middle, half, 0, 0, 360, colour, -1)
    elif shape == "car":
        cv2.rectangle(canvas, (x1, y1), (x2, y2), colour, -1)
    elif shape == "bus":
        cv2.fillPoly(canvas, [np.array([[x1, y2], [x2, y2], [middle[0], y1]])], colour)
    else:
        cv2.ellipse(canvas, middle, (half[0] - 3, half[1] - 3), 0, 0, 360, colour, 7)


def photo(rng):
    w, h = int(rng.integers(200, 321)), int(rng.integers(160, 321))
    canvas = rng.integers(0, 90, (h, w, 3), np.uint8)
    for _ in range(6):
        a, b = (tuple(int(v) for v in rng.integers(0, 320, 2)) for _ in range(2))
        cv2.line(canvas, a, b, tuple(int(v) for v in rng.integers(0, 256, 3)), 2)
    boxes = []
    for _ in range(int(rng.integers(1, 5))):
        shape = SHAPES[rng.integers(len(SHAPES))]
        bw, bh = int(rng.integers(30, w // 2)), int(rng.integers(30, h // 2))
        if shape == "person":
            bw = max(20, bh // 2)
        x, y = int(rng.integers(0, w - bw)), int(rng.integers(0, h - bh))
        new = np.array([x, y, x + bw, y + bh])
        if any((np.minimum(new[2:], b[3:]) > np.maximum(new[:2], b[1:3])).all() for b in boxes):
            continue  # one before the other would be half hidden
        draw(canvas, shape, new.tolist(), tuple(int(v) for v in rng.integers(120, 256, 3)))
        boxes.append(np.array([COCO.index(shape), *new]))
    return canvas, boxes


def main():
    flags = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    flags.add_argument("--out", type=Path, required=True)
    flags.add_argument("--photos", type=int, default=240)
    flags.add_argument("--seed", type=int, default=1)
    given = flags.parse_args()
    rng = np.random.default_rng(given.seed)
    given.out.mkdir(parents=True, exist_ok=True)
    lines = []
    with tarfile.open(given.out / "shard-000.tar", "w") as shard:
        for i in range(given.photos):
            canvas, boxes = photo(rng)
            h, w = canvas.shape[:2]
            shares = [
                [int(b[0]), *(float(v) for v in b[1:] / np.array([w, h, w, h])), 0] for b in boxes
            ]
            labelled, ignore = "all", []
            if i % 8 == 6:
                labelled = [COCO.index("person"), COCO.index("car")]
                shares = [s for s in shares if s[0] in labelled]
            elif i % 8 == 7 and shares:
                ignore = [[*shares[0][1:5], [shares[0][0]]]]
                shares = shares[1:]
            name = f"drawn-{i:05d}.png"
            data = cv2.imencode(".png", canvas)[1].tobytes()
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            shard.addfile(entry, io.BytesIO(data))
            source = "drawn" if labelled == "all" and not ignore else "drawn-in-part"
            lines.append(
                json.dumps(
                    {
                        "file": name,
                        "shard": "shard-000.tar",
                        "source": source,
                        "w": w,
                        "h": h,
                        "labelled_classes": labelled,
                        "boxes": shares,
                        "ignore": ignore,
                    }
                )
            )
    (given.out / "labels.jsonl").write_text("\n".join(lines) + "\n")
    print(f"{given.photos} photos in {given.out}")


if __name__ == "__main__":
    main()
