#!/usr/bin/env python3
"""Measure models on labelled pictures, class by class, as the card in README.md shows it.

    evaluate.py --model ../starter.onnx --beside deimv2_femto_416.onnx,yolox_nano_416.onnx \\
        --pictures ../../../shared/data/images/coco [--failures FOLDER]

The figures come from `handlens accuracy`, by COCO's own definition, for the classes that the first
model knows. FOLDER gets the pictures on which the first model does worst, with what it found in
colour and what it missed in white. With --clips, films without labels are looked at as well, and
what the first model shows is held against what the second does. --alone is a film in which there is
never more than one person: how often does each model show more? --times says how long each takes on
one and on two threads, model by model in turn.
"""

import argparse
import ast
import json
import subprocess
import time
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
from calibration import SHOWN
from overlap import overlap
from photos import letterbox
from precision import hits, suppress


def names_of(model):
    said = {p.key: p.value for p in onnx.load(model).metadata_props}
    return list(ast.literal_eval(said["names"]).values())


def table(result):
    """Markdown: a row for each class, and the means."""
    models = result["models"]
    head = ["class", "objects"] + [f"{m['model']} AP | AP50" for m in models]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * (2 + 2 * len(models))]
    for row in zip(*(m["classes"] for m in models), strict=True):
        lines.append(
            f"| {row[0]['name']} | {row[0]['objects']} | "
            + " | ".join(f"{c['AP']:.3f} | {c['AP50']:.3f}" for c in row)
            + " |"
        )
    means = " | ".join(f"{m['AP']:.3f} | {m['AP50']:.3f}" for m in models)
    lines.append(f"| mean | {sum(c['objects'] for c in models[0]['classes'])} | {means} |")
    return "\n".join(lines)


def look(session, rgb, classes):
    """Rows [class, score, x1, y1, x2, y2] in pixels of the picture."""
    name, side = session.get_inputs()[0].name, session.get_inputs()[0].shape[2]
    canvas, scale, shift = letterbox(rgb, side)
    (out,) = session.run(None, {name: canvas.transpose(2, 0, 1)[None].astype(np.float32) / 255})
    cells = out[0].T
    boxes = np.concatenate((cells[:, :2] - cells[:, 2:4] / 2, cells[:, :2] + cells[:, 2:4] / 2), 1)
    boxes = (boxes - np.array(shift * 2)) / scale
    rows = []
    for c in range(classes):
        able = np.flatnonzero(cells[:, 4 + c] >= SHOWN)
        for i in able[suppress(boxes[able], cells[able, 4 + c], 0.5)]:
            rows.append([c, cells[i, 4 + c], *boxes[i]])
    return np.array(rows).reshape(-1, 6)


def judge(model, names, pictures):
    """For each picture its name, its pixels, what a model shows in it and which of that is right,
    what is wanted and which of that is found."""
    session = onnxruntime.InferenceSession(model)
    truth = json.loads(next(pictures.glob("instances*.json")).read_text())
    number = {c["id"]: names.index(c["name"]) for c in truth["categories"] if c["name"] in names}
    judged = []
    for image in truth["images"]:
        rgb = cv2.cvtColor(
            cv2.imread(str(next(pictures.rglob(image["file_name"])))), cv2.COLOR_BGR2RGB
        )
        mine = [
            a
            for a in truth["annotations"]
            if a["image_id"] == image["id"] and a["category_id"] in number and not a.get("iscrowd")
        ]
        corners = [(x, y, x + w, y + h) for x, y, w, h in (a["bbox"] for a in mine)]
        wanted = np.array(
            [[number[a["category_id"]], *box] for a, box in zip(mine, corners, strict=True)]
        ).reshape(-1, 5)
        found = look(session, rgb, len(names))
        right, taken = hits(found, wanted)
        judged.append((image["file_name"], rgb, found, right, wanted, taken))
    return judged


def summary(judged, names):
    """What somebody sees who leaves the app's confidence as it is, class by class."""
    found, right, wanted, taken = (np.concatenate([j[k] for j in judged]) for k in (2, 3, 4, 5))
    parts = []
    for c, name in enumerate(names):
        own, all_ = found[:, 0] == c, wanted[:, 0] == c
        parts.append(
            f"{name} {taken[all_].sum()} of {all_.sum()}, "
            f"{right[own].sum()} of {own.sum()} boxes right"
        )
    return f"Shown at a score of {SHOWN}: " + "; ".join(parts)


def failures(judged, names, out, most=12):
    """Draw the pictures with most that is wrong."""
    out.mkdir(parents=True, exist_ok=True)
    for name, rgb, found, right, wanted, taken in sorted(
        judged, key=lambda j: -((~j[3]).sum() + (~j[5]).sum())
    )[:most]:
        for w in wanted[~taken]:
            cv2.rectangle(
                rgb, *(tuple(int(v) for v in p) for p in (w[1:3], w[3:])), (255, 255, 255), 1
            )
        for f, good in zip(found, right, strict=True):
            colour = (60, 220, 90) if good else (255, 70, 70)
            cv2.rectangle(rgb, *(tuple(int(v) for v in p) for p in (f[2:4], f[4:])), colour, 2)
            cv2.putText(
                rgb,
                f"{names[int(f[0])]} {f[1]:.2f}",
                (int(f[2]), int(f[3]) + 14),
                cv2.FONT_HERSHEY_SIMPLEX,
                0.5,
                colour,
                1,
            )
        cv2.imwrite(str(out / name), rgb[..., ::-1])
        print(
            f"{name}: {int((~taken).sum())} of {len(wanted)} missed, "
            f"{int((~right).sum())} of {len(found)} found wrong"
        )


def seen(handlens, model, clip, names, confidence):
    """What a model sees in each picture of a film: lists of (label, box in 0..1)."""
    command = [
        handlens,
        "detect",
        "--format",
        "jsonl",
        "--model",
        str(model),
        "--confidence",
        str(confidence),
        "--classes",
        ",".join(names),
        str(clip),
    ]
    lines = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.splitlines()
    return [
        [(d["label"], np.array(d["box"])) for d in json.loads(line)["detections"] or []]
        for line in lines
    ]


def agreed(some, others):
    """How many of some have one of others with IoU 0.5, of the same class and of any."""
    same = like = 0
    for label, box in some:
        shared = overlap(box, np.array([b for _, b in others]).reshape(-1, 4))
        partners = [other for (other, _), part in zip(others, shared, strict=True) if part >= 0.5]
        same += label in partners
        like += bool(partners)
    return np.array([same, like, len(some)])


def films(handlens, model, other, names, folder):
    """Markdown: of what the other model is sure (0.5), how much ours shows; and of what ours shows,
    how much the other sees at all (0.25)."""
    print(
        "| film | the other is sure of | shown by ours, any class | shown by ours "
        "| seen by the other, any class | seen by the other |"
    )
    print("|---|---|---|---|---|---|")
    for clip in sorted(folder.glob("*.mp4")):
        ours = seen(handlens, model, clip, names, SHOWN)
        sure, able = (seen(handlens, other, clip, names, c) for c in (0.5, 0.25))
        found = sum(agreed(s, o) for s, o in zip(sure, ours, strict=True))
        right = sum(agreed(o, a) for o, a in zip(ours, able, strict=True))
        shares = [
            f"{100 * n / total:.0f} % of {total}" if total else "-"
            for *both, total in (found, right)
            for n in both[::-1]
        ]
        print(f"| {clip.stem} | {found[2]} | " + " | ".join(shares) + " |")


def doubles(handlens, models, film):
    """Markdown: in how many pictures of a film with one person at a time each model shows more."""
    print("| model | pictures with a person | with more than one |\n|---|---|---|")
    for model in models:
        people = [len(found) for found in seen(handlens, model, film, ["person"], SHOWN)]
        some, more = (sum(n > least for n in people) for least in (0, 1))
        print(f"| {Path(model).stem} | {some} | {more} of {len(people)} |")


def times(models, turns=30):
    """Markdown: the median milliseconds of one picture."""
    print("| model | one thread | two threads |\n|---|---|---|")
    sessions = []
    for model in models:
        for threads in (1, 2):
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            session = onnxruntime.InferenceSession(model, options)
            given = {}
            for wanted in session.get_inputs():
                shape = [n if isinstance(n, int) else 1 for n in wanted.shape]
                if wanted.type == "tensor(int64)":
                    given[wanted.name] = np.full((1, 2), 416, np.int64)
                else:
                    given[wanted.name] = np.zeros(shape, np.float32)
            sessions.append((session, given, []))
    for _ in range(turns):
        for session, given, took in sessions:
            begun = time.perf_counter()
            session.run(None, given)
            took.append(1000 * (time.perf_counter() - begun))
    medians = [f"{np.median(took):.1f}" for _, _, took in sessions]
    for model, one, two in zip(models, medians[::2], medians[1::2], strict=True):
        print(f"| {Path(model).stem} | {one} | {two} |")


def main():
    flags = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    flags.add_argument("--model", type=Path, required=True)
    flags.add_argument("--beside", default="", help="further models with commas")
    flags.add_argument(
        "--pictures", type=Path, required=True, help="folder with pictures and instances*.json"
    )
    flags.add_argument("--failures", type=Path)
    flags.add_argument("--clips", type=Path, help="folder with films")
    flags.add_argument("--alone", type=Path, help="film that never shows two persons at a time")
    flags.add_argument("--times", action="store_true", help="how long the models take")
    flags.add_argument(
        "--handlens",
        default=str(Path(__file__).resolve().parents[2] / "build/handlens"),
        help="the program",
    )
    given = flags.parse_args()

    names = names_of(given.model)
    models = ",".join([str(given.model), *filter(None, given.beside.split(","))])
    command = [
        given.handlens,
        "accuracy",
        "--json",
        "--classes",
        ",".join(names),
        "--model",
        models,
        str(given.pictures),
    ]
    print(table(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)))
    judged = judge(given.model, names, given.pictures)
    print("\n" + summary(judged, names))
    if given.clips and given.beside:
        print()
        films(given.handlens, given.model, given.beside.split(",")[0], names, given.clips)
    everyone = models.split(",")
    if given.alone:
        print()
        doubles(given.handlens, everyone, given.alone)
    if given.times:
        print()
        times(everyone)
    if given.failures:
        failures(judged, names, given.failures)


if __name__ == "__main__":
    main()
