#!/usr/bin/env python3
"""Train the network on what prepare.py wrote.

    train.py --photos FOLDER --out FOLDER --plan gpu  # the full run: 20 minutes on a GPU
    train.py --photos FOLDER --out FOLDER --plan cpu  # what two cores do in an hour and a half
    train.py --photos FOLDER --out FOLDER --plan more --start OTHER/last.pt  # two hours more
    train.py --photos FOLDER --out FOLDER --plan smoke    # a few minutes, to prove the recipe

A plan says how many epochs see pictures of which size, small ones first: most of what there is to
learn shows at half the cost. The last epochs have no mosaics. FOLDER gets last.pt after each epoch
(a run goes on from there when it is started again) and log.jsonl.

Muon (see muon.py) for the filters and AdamW (Loshchilov & Hutter 2019, arXiv 1711.05101) for the
rest, with a warm-up and a cosine to nearly zero, in bfloat16 with float32 weights; what is kept for
the export is the exponential moving average of the weights.
"""

import argparse
import copy
import json
import math
import os
import time
from pathlib import Path

import torch
from loss import losses
from muon import Muon
from network import Detector, Shape, cells
from photos import Photos, Training, per_epoch
from precision import watch
from torch.utils.data import DataLoader

# (side in pixels, epochs) one after the other; epochs without mosaics at the end; pictures a step;
# rate of learning at its height; the share that an epoch takes of the photos that show nothing of
# FIRST
PLANS = {
    "gpu": {
        "sizes": ((224, 80), (320, 120)),
        "closing": 15,
        "batch": 64,
        "rate": 3e-3,
        "others": 1.0,
    },
    "cpu": {
        "sizes": ((192, 21), (256, 14), (320, 13)),
        "closing": 5,
        "batch": 32,
        "rate": 2e-3,
        "others": 1.0,
    },
    "more": {
        "sizes": ((256, 28), (320, 29)),
        "closing": 5,
        "batch": 32,
        "rate": 1e-3,
        "others": 0.25,
    },
    "smoke": {
        "sizes": ((128, 10), (160, 20)),
        "closing": 6,
        "batch": 16,
        "rate": 3e-3,
        "others": 1.0,
    },
}
MOSAIC = 0.8  # chance of four photos instead of one
DECAY = 0.05  # of weights, not of biases and normalisation
EMA = 0.999  # per step, once there are enough steps
WARM = 500  # steps


class Average:
    """The exponential moving average of a network's weights and statistics."""

    def __init__(self, network):
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self.steps = 0

    def update(self, network):
        self.steps += 1
        keep = EMA * (1 - math.exp(-self.steps / 1000))
        own = self.network.state_dict()
        for name, value in network.state_dict().items():
            if value.dtype.is_floating_point:
                own[name].lerp_(value, 1 - keep)
            else:
                own[name].copy_(value)


def together(samples):
    pictures, boxes, ignored = zip(*samples, strict=True)
    return (
        torch.stack([torch.from_numpy(p) for p in pictures]),
        [torch.from_numpy(b) for b in boxes],
        [torch.from_numpy(i) for i in ignored],
    )


class Optimisers(list):
    """Muon for the filters within, AdamW for the first and last layers (whose sides mean colours
    and answers), biases and normalisation."""

    def __init__(self, network):
        ends = {
            id(layer.weight)
            for layer in [
                network.stem[0][0],
                *(head[-1] for head in (*network.names, *network.sides)),
            ]
        }
        inner, outer, rest = [], [], []
        for value in network.parameters():
            (rest if value.ndim < 2 else outer if id(value) in ends else inner).append(value)
        super().__init__(
            (
                Muon([{"params": inner, "weight_decay": DECAY}]),
                torch.optim.AdamW(
                    [
                        {"params": outer, "weight_decay": DECAY},
                        {"params": rest, "weight_decay": 0.0},
                    ],
                    fused=True,
                ),
            )
        )

    def step(self, rate):
        for one in self:
            for group in one.param_groups:
                group["lr"] = rate
            one.step()


def rate(plan, step, total):
    warm = min(WARM, total // 10)
    if step < warm:
        return plan["rate"] * (step + 1) / warm
    return plan["rate"] * (
        0.01 + 0.99 * (1 + math.cos(math.pi * (step - warm) / max(1, total - warm))) / 2
    )


class Run:
    """A network in training with all that must outlast a stop."""

    def __init__(self, name, seed, classes, device):
        self.name, self.seed, self.classes, self.device, self.plan = (
            name,
            seed,
            list(classes),
            device,
            PLANS[name],
        )
        self.network = Detector(Shape(len(classes))).to(device, memory_format=torch.channels_last)
        self.average, self.optimisers = Average(self.network), Optimisers(self.network)
        self.epoch = 0
        self.sides = [side for side, count in self.plan["sizes"] for _ in range(count)]  # by epoch

    def load(self, path):
        state = torch.load(path, map_location=self.device, weights_only=True)
        if (state["plan"], state["seed"], state["classes"]) != (self.name, self.seed, self.classes):
            raise SystemExit(
                f"{path} is of plan {state['plan']}, seed {state['seed']}, "
                f"{len(state['classes'])} classes: name another folder"
            )
        self.network.load_state_dict(state["network"])
        self.average.network.load_state_dict(state["average"])
        for one, kept in zip(self.optimisers, state["optimisers"], strict=True):
            one.load_state_dict(kept)
        self.average.steps, self.epoch = state["steps"], state["epoch"]

    def start(self, path):
        """Begin with the averaged weights of another run in place of chance."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        if state["classes"] != self.classes:
            raise SystemExit(
                f"{path} knows {', '.join(state['classes'])}: "
                f"these photos have {', '.join(self.classes)}"
            )
        self.network.load_state_dict(state["average"])
        self.average = Average(self.network)

    def save(self, path):
        """All or nothing: a run that is cut off leaves the file of the epoch before."""
        new = path.with_suffix(".new")
        torch.save(
            {
                "plan": self.name,
                "seed": self.seed,
                "classes": self.classes,
                "epoch": self.epoch,
                "steps": self.average.steps,
                "network": self.network.state_dict(),
                "average": self.average.network.state_dict(),
                "optimisers": [one.state_dict() for one in self.optimisers],
            },
            new,
        )
        os.replace(new, path)

    def learn(self, photos, numbers, workers):
        """One epoch. Returns the parts of the loss, each its mean."""
        side, batch = self.sides[self.epoch], self.plan["batch"]
        shares = photos.shares(numbers, self.plan["others"])
        count = per_epoch(shares) // batch
        closing = self.epoch >= len(self.sides) - self.plan["closing"]
        loader = DataLoader(
            Training(
                photos, numbers, shares, side, self.epoch, self.seed, 0.0 if closing else MOSAIC
            ),
            batch,
            num_workers=workers,
            collate_fn=together,
            drop_last=True,
            pin_memory=self.device.type == "cuda",
            prefetch_factor=4,
        )
        grid = cells(side, side, self.device)
        self.network.train()
        sums = {}
        # An epoch's photos are drawn by lot: some epochs have a few more than count.
        for number, samples in zip(range(count), loader, strict=False):
            now = rate(self.plan, self.epoch * count + number, len(self.sides) * count)
            for name, value in self.step(now, *samples, *grid).items():
                sums[name] = sums.get(name, 0.0) + value / count
        self.epoch += 1
        return sums

    def step(self, now, pictures, wanted, ignored, centres, strides):
        x = pictures.to(self.device, non_blocking=True).permute(0, 3, 1, 2).float().div(255)
        with torch.autocast(self.device.type, torch.bfloat16):
            logits, sides = self.network(x)
        wanted, ignored = ([rows.to(self.device) for rows in part] for part in (wanted, ignored))
        loss, parts = losses(self.network, logits, sides, centres, strides, wanted, ignored)
        if not torch.isfinite(loss):
            raise SystemExit(
                f"the loss is {float(loss)} in epoch {self.epoch + 1}: lower the plan's rate"
            )
        self.network.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimisers.step(now)
        self.average.update(self.network)
        return parts


def main():
    flags = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    flags.add_argument("--photos", type=Path, required=True)
    flags.add_argument("--out", type=Path, required=True)
    flags.add_argument("--plan", choices=PLANS, required=True)
    flags.add_argument("--seed", type=int, default=1)
    flags.add_argument(
        "--workers",
        type=int,
        default=max(1, min(12, (os.cpu_count() or 2) - 1)),
        help="processes that make pictures",
    )
    flags.add_argument("--start", type=Path, help="a run's last.pt: begin with its weights")
    flags.add_argument(
        "--epochs", type=int, help="stop after so many now and go on at the next start"
    )
    given = flags.parse_args()

    torch.manual_seed(given.seed)
    photos = Photos(given.photos)
    numbers, held = photos.split()
    run = Run(
        given.plan,
        given.seed,
        photos.classes,
        torch.device("cuda" if torch.cuda.is_available() else "cpu"),
    )
    given.out.mkdir(parents=True, exist_ok=True)
    last = given.out / "last.pt"
    if last.exists():
        run.load(last)
        print(f"going on after epoch {run.epoch}")
    elif given.start:
        run.start(given.start)
    weights, end = sum(p.numel() for p in run.network.parameters()), len(run.sides)
    print(
        f"{weights} weights, {len(numbers)} photos, {len(held)} held out, "
        f"{end} epochs on {run.device}",
        flush=True,
    )
    for _ in range(run.epoch, end if given.epochs is None else min(end, run.epoch + given.epochs)):
        begun = time.time()
        parts = run.learn(photos, numbers, given.workers)
        line = {
            "epoch": run.epoch,
            "side": run.sides[run.epoch - 1],
            "seconds": round(time.time() - begun, 1),
        }
        line |= {name: round(value, 4) for name, value in parts.items()}
        if run.epoch % 5 == 0 or run.epoch == end:
            scores = watch(run.average.network, photos, held, max(run.sides))
            line["ap50"] = {
                name: round(float(s), 3)
                for name, s in zip(photos.classes, scores, strict=True)
                if s == s
            }
        run.save(last)
        with open(given.out / "log.jsonl", "a") as log:
            log.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
