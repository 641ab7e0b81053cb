#!/usr/bin/env python3
"""Train the network on what prepare.py wrote.

    train.py --photos FOLDER --out FOLDER --plan gpu  # the full run, on a GPU
    train.py --photos FOLDER --out FOLDER --plan cpu --minutes 90  # on two cores
    train.py --photos FOLDER --out FOLDER --plan more --weights OTHER/last.pt  # goes on from there
    train.py --photos FOLDER --out FOLDER --plan smoke    # a few minutes, to prove the recipe

A run is given minutes, not epochs: how fast it learns, and what size its pictures have, follow from
the share of the minutes that is gone, so that it comes to its end on any machine. Minutes are those
of work: a run that was cut off goes on after its last round when it is started again. At first the
backbone rests, small pictures come before large ones, and the last ones are no mosaics. FOLDER
gets last.pt after each round and log.jsonl.

Processors are best used by one process of one thread for each core, which share their gradients:
`OMP_NUM_THREADS=1 torchrun --nproc-per-node 2 train.py ...`. Two threads in one process wait for
each other after every layer, and took twice as long or more where others used the machine as well.

Muon (see muon.py) for the filters of neck and heads and AdamW (Loshchilov & Hutter 2019, arXiv
1711.05101) for the rest, with a warm-up and a cosine to nearly zero, in bfloat16 with float32
weights; what is kept for the export is the exponential moving average of the weights.
"""

import argparse
import copy
import json
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as dist
from loss import losses
from muon import Muon
from network import Detector, Shape, cells
from photos import Photos, Training
from precision import watch
from torch.utils.data import DataLoader


@dataclass(frozen=True)
class Plan:
    """How a run goes; shares are of its minutes."""

    minutes: float
    sizes: tuple  # (side in pixels, share), one after the other
    rate: float  # of learning at its height
    batch: int = 8
    others: float = 0.35  # how often photos are taken that are not of COCO
    round: int = 800  # photos between two checkpoints
    resting: float = 0.1  # share at the start in which the backbone is not learnt
    closing: float = 0.2  # share at the end without mosaics

    def side(self, gone):
        for side, share in self.sizes:
            gone -= share
            if gone < 0:
                return side
        return self.sizes[-1][0]

    def height(self, gone, warm=0.03):
        """The rate of learning."""
        if gone < warm:
            return self.rate * (0.05 + 0.95 * gone / warm)
        return self.rate * (
            0.01 + 0.99 * (1 + math.cos(math.pi * min(1.0, (gone - warm) / (1 - warm)))) / 2
        )


PLANS = {
    "gpu": Plan(25, ((256, 0.5), (320, 0.5)), 3e-3, batch=64, others=1.0, round=7000),
    "cpu": Plan(90, ((192, 0.5), (256, 0.35), (320, 0.15)), 2e-3),
    "more": Plan(90, ((256, 0.6), (320, 0.4)), 1e-3, resting=0.0),
    "smoke": Plan(2, ((128, 0.4), (160, 0.6)), 3e-3, batch=16, round=192, resting=0.0),
}
MOSAIC = 0.7  # chance of four photos instead of one
DECAY = 0.05  # of weights, not of biases and normalisation
BACKBONE = 0.15  # its rate of learning by that of the rest
EMA = 0.998  # per step, once there are enough steps
WATCHED = 20  # rounds between two looks at the photos that were held out


class Average:
    """The exponential moving average of a network's weights and statistics."""

    def __init__(self, network):
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self.steps = 0

    def update(self, network):
        self.steps += 1
        keep = EMA * (1 - math.exp(-self.steps / 200))
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
    """Muon for the filters of neck and heads, AdamW for the last layers (whose sides mean answers),
    biases and normalisation, and for the backbone, more slowly."""

    def __init__(self, network):
        ends = {id(head[-1].weight) for head in (*network.names, *network.sides)}
        old = {id(value) for value in network.backbone.parameters()}
        inner, outer, rest = [], [], []
        for value in network.parameters():
            if id(value) not in old:
                (rest if value.ndim < 2 else outer if id(value) in ends else inner).append(value)
        own = [value for value in network.backbone.parameters() if value.requires_grad]
        super().__init__(
            (
                Muon([{"params": inner, "weight_decay": DECAY, "scale": 1.0}]),
                torch.optim.AdamW(
                    [
                        {"params": outer, "weight_decay": DECAY, "scale": 1.0},
                        {"params": rest, "weight_decay": 0.0, "scale": 1.0},
                        {"params": own, "weight_decay": 0.0, "scale": BACKBONE},
                    ],
                    fused=True,
                ),
            )
        )

    def step(self, rate):
        for one in self:
            for group in one.param_groups:
                group["lr"] = rate * group["scale"]
            one.step()


class Team:
    """The processes that train one network, each on photos of its own; often only one."""

    def __init__(self):
        self.size, self.rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
        if self.size > 1:
            dist.init_process_group("gloo")

    def share(self, network, spent):
        """All have the mean of the gradients, and the time that the first one has spent."""
        if self.size == 1:
            return spent
        learnt = [value for value in network.parameters() if value.requires_grad]
        own = [torch.zeros_like(v) if v.grad is None else v.grad for v in learnt]
        time_ = torch.tensor([spent * self.size if self.rank == 0 else 0.0])
        flat = torch.cat([*(grad.flatten() for grad in own), time_]) / self.size
        dist.all_reduce(flat)
        parts = flat.split([*(grad.numel() for grad in own), 1])
        for value, part in zip(learnt, parts, strict=False):
            value.grad = part.view_as(value)
        return float(flat[-1])


class Run:
    """A network in training with all that must outlast a stop."""

    def __init__(self, name, minutes, seed, classes, device):
        self.name, self.seed, self.classes, self.device = name, seed, list(classes), device
        self.plan, self.team = PLANS[name], Team()
        self.whole = 60 * (minutes or self.plan.minutes)
        self.network = Detector(Shape(len(classes)))
        self.network.backbone.read()
        self.network.to(device, memory_format=torch.channels_last)
        self.fixed = self.network.backbone.fixed()
        self.rest(resting=False)
        self.average, self.optimisers = Average(self.network), Optimisers(self.network)
        self.round, self.spent = 0, 0.0  # seconds

    def gone(self):
        return self.spent / self.whole

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
        self.average.steps, self.round, self.spent = state["steps"], state["round"], state["spent"]

    def start(self, path):
        """Begin with the averaged weights of another run."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        if state["classes"] != self.classes:
            raise SystemExit(
                f"{path} knows {', '.join(state['classes'])}: "
                f"these photos have {', '.join(self.classes)}"
            )
        self.network.load_state_dict(state["average"])
        self.average = Average(self.network)

    def save(self, path):
        """All or nothing: a run that is cut off leaves the file of the round before."""
        new = path.with_suffix(".new")
        torch.save(
            {
                "plan": self.name,
                "seed": self.seed,
                "classes": self.classes,
                "round": self.round,
                "spent": self.spent,
                "steps": self.average.steps,
                "network": self.network.state_dict(),
                "average": self.average.network.state_dict(),
                "optimisers": [one.state_dict() for one in self.optimisers],
            },
            new,
        )
        os.replace(new, path)

    def learn(self, photos, numbers, workers):
        """One round. Returns what there is to say of it: the parts of the loss, each its mean."""
        gone, begun, before = self.gone(), time.monotonic(), self.spent
        side = self.plan.side(gone)
        mosaic = 0.0 if gone >= 1 - self.plan.closing else MOSAIC
        self.rest(gone < self.plan.resting)
        shares = photos.shares(numbers, self.plan.others)
        loader = DataLoader(
            Training(
                photos,
                numbers,
                shares,
                self.plan.round // self.team.size,
                side,
                self.round,
                self.seed + 1000 * self.team.rank,
                mosaic,
            ),
            self.plan.batch,
            num_workers=workers,
            collate_fn=together,
            drop_last=True,
            pin_memory=self.device.type == "cuda",
            prefetch_factor=4,
        )
        grid = cells(side, side, self.device)
        self.network.train()
        sums, steps = {}, 0
        for samples in loader:
            loss, parts = self.loss(*samples, *grid)
            self.network.zero_grad(set_to_none=True)
            loss.backward()
            self.spent = self.team.share(self.network, before + time.monotonic() - begun)
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
            self.optimisers.step(self.plan.height(self.gone()))
            self.average.update(self.network)
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + value
            steps += 1
            if self.gone() >= 1:
                break
        self.round += 1
        said = {"round": self.round, "gone": round(self.gone(), 3), "side": side}
        said["seconds"] = round(self.spent - before, 1)
        return said | {name: round(value / steps, 4) for name, value in sums.items()}

    def rest(self, resting):
        """Whether the backbone is left as it is."""
        for value in self.network.backbone.parameters():
            value.requires_grad_(not resting and id(value) not in self.fixed)

    def loss(self, pictures, wanted, ignored, centres, strides):
        """Of a batch, whole and in parts."""
        x = pictures.to(self.device, non_blocking=True).permute(0, 3, 1, 2).float().div(255)
        with torch.autocast(self.device.type, torch.bfloat16):
            logits, sides = self.network(x)
        wanted, ignored = ([rows.to(self.device) for rows in part] for part in (wanted, ignored))
        loss, parts = losses(self.network, logits, sides, centres, strides, wanted, ignored)
        if not torch.isfinite(loss):
            raise SystemExit(
                f"the loss is {float(loss)} in round {self.round + 1}: lower the plan's rate"
            )
        return loss, parts


def main():
    flags = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    flags.add_argument("--photos", type=Path, required=True)
    flags.add_argument("--out", type=Path, required=True)
    flags.add_argument("--plan", choices=PLANS, required=True)
    flags.add_argument("--minutes", type=float, help="in place of the plan's; may change later")
    flags.add_argument("--seed", type=int, default=1)
    flags.add_argument(
        "--workers",
        type=int,
        default=max(1, min(12, (os.cpu_count() or 2) - 1)),
        help="processes that make pictures",
    )
    flags.add_argument("--weights", type=Path, help="a run's last.pt: begin with its weights")
    flags.add_argument(
        "--rounds", type=int, help="stop after so many now and go on at the next start"
    )
    given = flags.parse_args()

    torch.manual_seed(given.seed)
    photos = Photos(given.photos)
    numbers, held = photos.split()
    run = Run(
        given.plan,
        given.minutes,
        given.seed,
        photos.classes,
        torch.device("cuda" if torch.cuda.is_available() else "cpu"),
    )
    given.out.mkdir(parents=True, exist_ok=True)
    last = given.out / "last.pt"
    if last.exists():
        run.load(last)
        print(f"going on after round {run.round}")
    elif given.weights:
        run.start(given.weights)
    weights = sum(p.numel() for p in run.network.parameters())
    print(
        f"{weights} weights, {len(numbers)} photos, {len(held)} held out, "
        f"{run.whole / 60:g} minutes on {run.device} {run.team.rank + 1} of {run.team.size}",
        flush=True,
    )
    until = run.round + given.rounds if given.rounds else math.inf
    while run.gone() < 1 and run.round < until:
        line = run.learn(photos, numbers, given.workers)
        if run.team.rank > 0:
            continue
        if run.round % WATCHED == 0 or run.gone() >= 1:
            scores = watch(run.average.network, photos, held, run.plan.sizes[-1][0])
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
