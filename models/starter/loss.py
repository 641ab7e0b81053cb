"""What the network is punished for.

Cells are assigned to boxes by task alignment (Feng et al. 2021, TOOD, arXiv 2108.07755): those
whose class score and box agree best with the box in question learn it, and their target scores are
the chances of its classes by how well they do. The sides are learnt as distributions (Generalized
Focal Loss, arXiv 2006.04388), as wide as the teacher's where it said, and by the complete IoU
(Zheng et al. 2020, arXiv 1911.08287).
"""

import math

import torch
import torch.nn.functional as F
from network import boxes_of
from photos import CHANCES, PLACES

CANDIDATES = 10  # cells a box may teach
SCORE_POWER, IOU_POWER = 0.5, 6.0
WEIGHTS = {"class": 1.0, "box": 6.0, "sides": 1.2}


def iou(a, b):
    """[...,4] with [...,4] of shapes that broadcast -> [...]."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    inner = (high - low).clamp(min=0).prod(-1)
    return inner / (
        (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - inner + 1e-7
    )


def complete_iou(a, b):
    """IoU less the distance of the centres and the difference of the shapes; [N,4] with [N,4] ->
    [N]."""
    outer = torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])
    apart = ((a[:, :2] + a[:, 2:] - b[:, :2] - b[:, 2:]) / 2).square().sum(1) / (
        outer.square().sum(1) + 1e-7
    )
    angle = [torch.atan((x[:, 2] - x[:, 0]) / (x[:, 3] - x[:, 1]).clamp(min=1e-3)) for x in (a, b)]
    shape = 4 / math.pi**2 * (angle[0] - angle[1]).square()
    overlap = iou(a, b)
    with torch.no_grad():
        weight = shape / (1 - overlap + shape + 1e-7)
    return overlap - apart - weight * shape


@torch.no_grad()
def assign(scores, boxes, centres, strides, wanted):
    """For one picture: scores [A,C] 0..1, predicted boxes [A,4], wanted [n,CHANCES+C] -> cells [p],
    their wanted rows [p], how well they do [p]."""
    classes, truth = wanted[:, 0].long(), wanted[:, 1:5]
    # A small box may lie between the centres of all cells: it counts as large as one cell of the
    # finest grid.
    middle, half = (
        (truth[:, :2] + truth[:, 2:]) / 2,
        ((truth[:, 2:] - truth[:, :2]) / 2).clamp(min=0.75 * float(strides[0])),
    )
    inside = ((centres[None] - middle[:, None]).abs() < half[:, None]).all(-1)  # [n,A]
    overlap = iou(truth[:, None], boxes[None]).clamp(min=1e-4) * inside
    aligned = scores[:, classes].T.pow(SCORE_POWER) * overlap.pow(IOU_POWER)
    best, at = aligned.topk(min(CANDIDATES, aligned.shape[1]), dim=1)
    chosen = torch.zeros_like(inside).scatter_(1, at, best > 0)
    rivals = chosen.sum(0) > 1
    if rivals.any():  # a cell learns one box: the one that it covers best
        winner = overlap[:, rivals].argmax(0)
        chosen[:, rivals] = F.one_hot(winner, len(wanted)).T.bool()
    aligned = aligned * chosen
    quality = (
        aligned / (aligned.amax(1, keepdim=True) + 1e-12) * (overlap * chosen).amax(1, keepdim=True)
    )
    row, cell = chosen.nonzero(as_tuple=True)
    return cell, row, quality[row, cell]


def over_steps(places, steps):
    """Places [..., PLACES] of which a distance may have each as chances [..., steps] of whole
    distances: each is shared by its two neighbours."""
    whole = torch.arange(steps, device=places.device, dtype=places.dtype)
    apart = (places.clamp(0, steps - 1)[..., None] - whole).abs()
    return (1 - apart).clamp(min=0).mean(-2)


def losses(network, logits, sides, centres, strides, wanted, ignored):
    """The sum and its parts for a batch.

    logits [N,A,C], sides [N,A,4,bins]; wanted and ignored are lists of N tensors [n,CHANCES+C]
    and [m,4+C] in pixels.
    """
    boxes = boxes_of(network.distances(sides.detach()), centres, strides)
    scores = logits.detach().sigmoid()
    target = torch.zeros_like(logits)
    weight = torch.ones_like(logits)
    picture, cells, truths, qualities = [], [], [], []
    for i, (rows, regions) in enumerate(zip(wanted, ignored, strict=True)):
        if len(regions):
            inside = (
                (centres[None] > regions[:, None, :2]) & (centres[None] < regions[:, None, 2:4])
            ).all(-1)
            weight[i] -= (inside.float().T @ regions[:, 4:]).clamp(max=1)
        if not len(rows):
            continue
        cell, row, quality = assign(scores[i], boxes[i], centres, strides, rows)
        own = rows[row, 0].long()
        target[i, cell] = quality[:, None] * rows[row, CHANCES:]
        weight[i, cell, own] = 1
        picture.append(torch.full_like(cell, i))
        cells.append(cell)
        truths.append(rows[row, 1:CHANCES])
        qualities.append(target[i, cell, own])
    mass = target.sum().clamp(min=1)
    parts = {
        "class": (
            F.binary_cross_entropy_with_logits(logits, target, reduction="none") * weight
        ).sum()
        / mass
    }
    if cells:
        at, cell, truth, quality = (torch.cat(x) for x in (picture, cells, truths, qualities))
        own, centre, stride = sides[at, cell], centres[cell], strides[cell]
        found = network.distances(own) * stride[:, None]
        found = torch.cat((centre - found[:, :2], centre + found[:, 2:]), 1)
        truth, places = truth[:, :4], truth[:, 4:].reshape(-1, 4, PLACES)
        quality = quality / quality.sum().clamp(min=1)
        parts["box"] = ((1 - complete_iou(found, truth)) * quality).sum()
        distance = torch.cat((centre - truth[:, :2], truth[:, 2:] - centre), 1)
        places = (distance[..., None] + places) / stride[:, None, None]
        likely = over_steps(places, own.shape[-1])
        parts["sides"] = (-(likely * own.log_softmax(-1)).sum(-1).mean(1) * quality).sum()
    total = sum(WEIGHTS[name] * value for name, value in parts.items())
    return total, {name: float(value.detach()) for name, value in parts.items()}
