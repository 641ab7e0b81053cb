"""The network: a small anchor-free detector on a backbone that has learnt to see.

Who it is from: EfficientNet-Lite0 (see backbone.py), fast spatial pooling (He et al. 2015, arXiv
1406.4729, in the chained form), a path aggregation network (Liu et al. 2018, arXiv 1803.01534) of
CSP stages (Wang et al. 2020, arXiv 1911.11929) and decoupled heads (Ge et al. 2021, YOLOX, arXiv
2107.08430) that give class logits and a distribution over distances to the four sides (Li et al.
2020, Generalized Focal Loss, arXiv 2006.04388).
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from backbone import CHANNELS, Backbone
from torch import nn

STRIDES = (8, 16, 32)


@dataclass(frozen=True)
class Shape:
    """Widths of the neck and the heads. `bins` distances per side, in steps of the level's stride:
    0 .. bins - 1."""

    classes: int
    neck: int = 64
    sides: int = 32
    bins: int = 9


class Conv(nn.Sequential):
    """Convolution, batch normalisation, ReLU."""

    def __init__(self, inputs, outputs, size=1, stride=1):
        super().__init__(
            nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
            nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03),
            nn.ReLU(inplace=True),
        )


class Stage(nn.Module):
    """A cross-stage-partial block: half of the channels go through a pair of 3x3, all steps are
    kept and mixed."""

    def __init__(self, inputs, outputs):
        super().__init__()
        half = outputs // 2
        self.split = Conv(inputs, outputs)
        self.pair = nn.Sequential(Conv(half, half, 3), Conv(half, half, 3))
        self.mix = Conv(half * 3, outputs)

    def forward(self, x):
        x = self.split(x)
        return self.mix(torch.cat((x, self.pair(x.chunk(2, 1)[1])), 1))


class Pooling(nn.Module):
    """Sees farther: three chained 5x5 maxima beside the picture itself."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.narrow = Conv(inputs, outputs)
        self.mix = Conv(outputs * 4, outputs)

    def forward(self, x):
        parts = [self.narrow(x)]
        for _ in range(3):
            parts.append(F.max_pool2d(parts[-1], 5, 1, 2))
        return self.mix(torch.cat(parts, 1))


class Detector(nn.Module):
    """Pictures [N,3,H,W], RGB 0..1, sides multiples of 32 -> class logits [N,A,C] and side logits
    [N,A,4,bins].

    A counts the cells of the strides 8, 16 and 32, row by row, the finest first.
    """

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        c3, c4, c5 = CHANNELS
        w = shape.neck
        self.backbone = Backbone()
        self.narrow5 = Pooling(c5, w)
        self.down4 = Stage(w + c4, w)
        self.down3 = Stage(w + c3, w)
        self.step3 = Conv(w, w, 3, 2)
        self.up4 = Stage(2 * w, w)
        self.step4 = Conv(w, w, 3, 2)
        self.up5 = Stage(2 * w, w)
        self.names = nn.ModuleList(
            nn.Sequential(Conv(w, w, 3), Conv(w, w, 3), nn.Conv2d(w, shape.classes, 1))
            for _ in STRIDES
        )
        self.sides = nn.ModuleList(
            nn.Sequential(
                Conv(w, shape.sides, 3),
                Conv(shape.sides, shape.sides, 3),
                nn.Conv2d(shape.sides, 4 * shape.bins, 1),
            )
            for _ in STRIDES
        )
        for head, stride in zip(self.names, STRIDES, strict=True):
            # at the start the cells of a level say five things in all, so that the many empty ones
            # do not swamp the loss
            chance = 5 / shape.classes / (320 / stride) ** 2
            nn.init.constant_(head[-1].bias, math.log(chance / (1 - chance)))
        self.register_buffer(
            "steps", torch.arange(shape.bins, dtype=torch.float32), persistent=False
        )

    def levels(self, x):
        """The three maps that the heads look at."""
        p3, p4, p5 = self.backbone(x)
        top = self.narrow5(p5)
        middle = self.down4(torch.cat((F.interpolate(top, scale_factor=2.0), p4), 1))
        fine = self.down3(torch.cat((F.interpolate(middle, scale_factor=2.0), p3), 1))
        middle = self.up4(torch.cat((self.step3(fine), middle), 1))
        top = self.up5(torch.cat((self.step4(middle), top), 1))
        return fine, middle, top

    def forward(self, x):
        n, bins = x.shape[0], self.shape.bins
        logits, sides = [], []
        for level, name, side in zip(self.levels(x), self.names, self.sides, strict=True):
            logits.append(name(level).flatten(2).transpose(1, 2))
            sides.append(side(level).flatten(2).transpose(1, 2))
        return torch.cat(logits, 1).float(), torch.cat(sides, 1).float().reshape(n, -1, 4, bins)

    def distances(self, sides):
        """Side logits [..., 4, bins] -> expected distances [..., 4] in strides: left, top, right,
        bottom."""
        return (sides.softmax(-1) * self.steps).sum(-1)


def cells(height, width, device=None):
    """Centres [A,2] in pixels and strides [A] of the cells of a picture, in the order of Detector's
    outputs."""
    centres, strides = [], []
    for stride in STRIDES:
        y, x = torch.meshgrid(
            torch.arange(height // stride, device=device),
            torch.arange(width // stride, device=device),
            indexing="ij",
        )
        centres.append((torch.stack((x, y), -1).reshape(-1, 2) + 0.5) * stride)
        strides.append(torch.full((len(centres[-1]),), float(stride), device=device))
    return torch.cat(centres), torch.cat(strides)


def boxes_of(distances, centres, strides):
    """Distances [...,A,4] in strides -> boxes [...,A,4] as x1, y1, x2, y2 in pixels."""
    d = distances * strides[:, None]
    return torch.cat((centres - d[..., :2], centres + d[..., 2:]), -1)
