"""Average precision at IoU 0.5, small and plain: to watch a training by. The card's numbers come
from the app's own evaluation."""

import numpy as np
import torch
from network import boxes_of, cells
from overlap import overlap
from photos import letterbox


def suppress(boxes, scores, limit=0.6):
    """Rows of boxes [n,4] that survive non-maximum suppression, best first."""
    left, kept = np.argsort(-scores), []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        left = left[overlap(boxes[best], boxes[left]) < limit]
    return np.array(kept, int)


@torch.no_grad()
def find(network, pictures, least=0.02, most=100):
    """Pictures [N,S,S,3] uint8 -> per picture rows [class, score, x1, y1, x2, y2]."""
    device = next(network.parameters()).device
    x = (
        torch.from_numpy(np.stack(pictures))
        .to(device)
        .permute(0, 3, 1, 2)
        .float()
        .div(255)
        .contiguous(memory_format=torch.channels_last)
    )
    logits, sides = network(x)
    centres, strides = cells(*x.shape[2:], device)
    boxes = boxes_of(network.distances(sides), centres, strides).cpu().numpy()
    scores = logits.sigmoid().cpu().numpy()
    found = []
    for box, score in zip(boxes, scores, strict=True):
        rows = []
        for c in np.flatnonzero(score.max(0) > least):
            able = np.flatnonzero(score[:, c] > least)
            able = able[np.argsort(-score[able, c])[:most]]
            kept = able[suppress(box[able], score[able, c])]
            rows.append(np.column_stack((np.full(len(kept), c), score[kept, c], box[kept])))
        found.append(np.concatenate([np.zeros((0, 6)), *rows]))
    return found


def hits(found, wanted):
    """Which of the found [class, score, box], and which of the wanted [class, box], have a partner
    of the same class with IoU 0.5."""
    taken, right = np.zeros(len(wanted), bool), np.zeros(len(found), bool)
    for i in np.argsort(-found[:, 1]):
        shared = overlap(found[i, 2:], wanted[:, 1:]) * (~taken & (wanted[:, 0] == found[i, 0]))
        if len(shared) and shared.max() >= 0.5:
            taken[shared.argmax()] = right[i] = True
    return right, taken


def average_precision(found, wanted, classes):
    """AP at IoU 0.5 by class, NaN where nothing is wanted. found as of find, wanted rows [class,
    x1, y1, x2, y2], by picture."""
    out = np.full(classes, np.nan)
    right = np.concatenate([hits(f, w)[0] for f, w in zip(found, wanted, strict=True)])
    found, wanted = np.concatenate(found), np.concatenate(wanted)
    for c in range(classes):
        total, own = (wanted[:, 0] == c).sum(), found[:, 0] == c
        if not total:
            continue
        order = np.argsort(-found[own, 1], kind="stable")
        good = np.cumsum(right[own][order])
        precise = np.maximum.accumulate((good / np.arange(1, len(good) + 1))[::-1])[::-1]
        at = np.searchsorted(good / total, np.linspace(0, 1, 101))
        out[c] = (
            np.where(at < len(good), precise[np.minimum(at, len(good) - 1)], 0).mean()
            if len(good)
            else 0
        )
    return out


def look_at(network, photos, numbers, side, batch=25):
    """What a network finds in photos, as of find, and what is in them, rows [class, x1, y1, x2,
    y2]."""
    network.eval()
    found, wanted = [], []
    for at in range(0, len(numbers), batch):
        part = numbers[at : at + batch]
        boxed = [letterbox(photos.pixels(i), side) for i in part]
        found += find(network, [b[0] for b in boxed])
        for i, (_, scale, shift) in zip(part, boxed, strict=True):
            e, boxes = photos.entries[i], photos.boxes[i][:, :5].copy()
            boxes[:, 1:] = boxes[:, 1:] * np.array([e["w"], e["h"]] * 2) * scale + np.array(
                shift * 2
            )
            wanted.append(boxes)
    return found, wanted


def watch(network, photos, numbers, side):
    """AP50 by class on held-out photos."""
    return average_precision(*look_at(network, photos, numbers, side), len(photos.classes))
