#!/usr/bin/env python3
"""Make the model file of a trained network.

    export.py --checkpoint FOLDER/last.pt --out ../starter.onnx

The file takes [N,3,S,S], RGB 0..1, the picture in the middle of a grey square, and gives [N,4+C,A]:
for each cell the box's centre and size in pixels and a score 0..1 for each class, as YOLOv8 lays it
out; doubles are left in. Normalisations are folded into the convolutions. Filters lie in the file
as whole numbers of eight bits and are made float32 when it is loaded (the engine folds that away),
so that it is a quarter as large and as quick as ever. What the app must know is in the metadata.
"""

import argparse
import json
import os
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from calibration import SHOWN, shifts
from classes import KEPT
from network import Detector, Shape, boxes_of, cells
from onnx import TensorProto, helper, numpy_helper
from photos import Photos
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

RECIPE = "4"
SIDE = 320
STATEMENT = (
    "Trained by the recipe in models/starter of Handlens on 7,371 photos with boxes from "
    "public sources, among them 3,046 of COCO (annotations CC BY 4.0, photos under the "
    "licences of their owners), and on 96 frames of three films (Intel, CC BY 4.0); a teacher, "
    "DEIMv2-Femto (Apache-2.0), said what is in them and how sure of it it is. The backbone "
    "began as EfficientNet-Lite0 trained on ImageNet (Apache-2.0). models/starter/README.md "
    "names every source with its licence."
)


class Exported(nn.Module):
    """The network with its boxes made of distances, for some of its classes."""

    def __init__(self, network, side):
        super().__init__()
        self.network = network
        centres, strides = cells(side, side)
        self.register_buffer("centres", centres)
        self.register_buffer("strides", strides)

    def forward(self, images):
        logits, sides = self.network(images)
        boxes = boxes_of(self.network.distances(sides), self.centres, self.strides)
        middle, size = (boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]
        return torch.cat((middle, size, logits.sigmoid()), -1).transpose(1, 2)


def folded(network, kept):
    """The network without normalisations, and without the classes that are not kept."""
    for module in network.modules():
        if (
            isinstance(module, nn.Sequential)
            and len(module) > 1
            and isinstance(module[1], nn.BatchNorm2d)
        ):
            module[0] = fuse_conv_bn_eval(module[0], module[1])
            module[1] = nn.Identity()
    for head in network.names:
        last = head[-1]
        less = nn.Conv2d(last.in_channels, len(kept), 1)
        less.weight.data, less.bias.data = (
            last.weight.data[kept].clone(),
            last.bias.data[kept].clone(),
        )
        head[-1] = less
    return network


def load(checkpoint):
    """The averaged network of a checkpoint and the names of its classes."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    network = Detector(Shape(len(state["classes"])))
    network.load_state_dict(state["average"])
    return network.eval(), state


def scales(filters):
    """The step of whole numbers for each output channel of filters [O,I,K,K]."""
    return np.abs(filters).max(axis=(1, 2, 3), keepdims=True) / np.float32(127) + np.float32(1e-12)


def rounded(network):
    """The network with filters as the file has them."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            filters = module.weight.data.numpy()
            step = scales(filters)
            module.weight.data = torch.from_numpy(np.rint(filters / step) * step)
    return network


def shrink(model):
    """Keep the filters as whole numbers from -127 to 127 in the file, each output channel with a
    scale of its own; a cast and a product behind each make them float32, which the engine works
    out once, when it loads the file."""
    nodes = []
    for tensor in list(model.graph.initializer):
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.ndim != 4:
            continue
        name = tensor.name
        scale = scales(values)
        whole = np.clip(np.rint(values / scale), -127, 127).astype(np.int8)
        tensor.CopyFrom(numpy_helper.from_array(whole, name + ".whole"))
        model.graph.initializer.append(
            numpy_helper.from_array(scale.astype(np.float32), name + ".scale")
        )
        nodes += [
            helper.make_node(
                "Cast", [name + ".whole"], [name + ".cast"], "cast " + name, to=TensorProto.FLOAT
            ),
            helper.make_node("Mul", [name + ".cast", name + ".scale"], [name], "scale " + name),
        ]
    rest = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes + rest)


def main():
    flags = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    flags.add_argument("--checkpoint", type=Path, required=True)
    flags.add_argument("--out", type=Path, required=True)
    flags.add_argument("--side", type=int, default=SIDE, help="of the input, a multiple of 32")
    flags.add_argument("--classes", help="names with commas, in place of those that are kept")
    flags.add_argument(
        "--photos",
        type=Path,
        help="what prepare.py wrote: scores are shifted by the photos that were held out, so that "
        f"from {SHOWN} on enough boxes are right",
    )
    given = flags.parse_args()

    network, state = load(given.checkpoint)
    names = (
        given.classes.split(",") if given.classes else [n for n in KEPT if n in state["classes"]]
    )
    kept = [state["classes"].index(n) for n in names]
    if given.photos:
        photos = Photos(given.photos)
        moved = shifts(network, photos, photos.split()[1], given.side, kept)
        print("scores shifted by", ", ".join(f"{n} {s:+.2f}" for n, s in zip(names, moved)))
        for head in network.names:
            head[-1].bias.data[kept] += torch.tensor(moved)
    exported = Exported(rounded(folded(network, kept)), given.side).eval()
    example = torch.rand(2, 3, given.side, given.side)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the older exporter, which needs no further packages
        torch.onnx.export(
            exported,
            (example,),
            given.out,
            input_names=["images"],
            output_names=["output0"],
            opset_version=17,
            dynamic_axes={"images": {0: "batch"}, "output0": {0: "batch"}},
            dynamo=False,
        )
    model = onnx.load(given.out)
    shrink(model)
    says = {
        "names": str(dict(enumerate(names))),
        "license": "Apache-2.0",
        "author": "the Handlens developers",
        "description": "Handlens starter: a small detector for the first start",
        "version": f"recipe {RECIPE}, plan {state['plan']}, seed {state['seed']}, "
        f"{state['spent'] / 60:.0f} minutes",
        "data": STATEMENT,
        "handlens.layout": json.dumps(
            {"family": "yolov8", "title": "Handlens", "input": {"smooth": True}}
        ),
    }
    helper.set_model_props(model, says)
    model.producer_name = "handlens models/starter"
    onnx.checker.check_model(model)
    onnx.save(model, given.out)

    # The library reports its use unless this is said before it is loaded.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime  # here and not above: what follows is the proof, not the export

    session = onnxruntime.InferenceSession(given.out)
    (found,) = session.run(None, {"images": example.numpy()})
    with torch.no_grad():
        wanted = exported(example).numpy()
    apart = np.abs(found - wanted).max(axis=(0, 2))
    if apart[:4].max() > 2 or apart[4:].max() > 0.02:
        raise SystemExit(
            f"the file's answers differ from the network's by {apart[:4].max():.3f} pixels "
            f"and {apart[4:].max():.4f} of a score"
        )
    print(
        f"{given.out}: {given.out.stat().st_size} bytes, {len(names)} classes: {', '.join(names)}"
    )


if __name__ == "__main__":
    main()
