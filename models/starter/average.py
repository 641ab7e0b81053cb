#!/usr/bin/env python3
"""Average the weights of two runs, of which the second went on from the first.

    average.py --first A/last.pt --second B/last.pt --photos FOLDER --out FOLDER/last.pt

Both lie in one valley, and what is between them may be better than either (model soups, Wortsman et
al. 2022, arXiv 2203.05482). Of five shares the one is taken that finds persons best, by AP50, on
the photos that were held out.
"""

import argparse
from pathlib import Path

import torch
from network import Detector, Shape
from photos import Photos
from precision import watch

SHARES = (0.0, 1 / 3, 0.5, 2 / 3, 1.0)  # of the second run
SIDE = 320


def between(first, second, share):
    """Weights and statistics; what is counted is the second's."""
    return {
        name: torch.lerp(first[name], value, share) if value.is_floating_point() else value
        for name, value in second.items()
    }


def main():
    flags = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    flags.add_argument("--first", type=Path, required=True)
    flags.add_argument("--second", type=Path, required=True)
    flags.add_argument("--photos", type=Path, required=True)
    flags.add_argument("--out", type=Path, required=True)
    given = flags.parse_args()

    first, second = (torch.load(p, weights_only=True) for p in (given.first, given.second))
    if first["classes"] != second["classes"]:
        raise SystemExit(f"{given.first} and {given.second} know other classes")
    photos = Photos(given.photos)
    network = Detector(Shape(len(second["classes"]))).eval()
    best = -1.0
    for share in SHARES:
        weights = between(first["average"], second["average"], share)
        network.load_state_dict(weights)
        person = watch(network, photos, photos.split()[1], SIDE)[0]
        print(f"{share:.2f} of the second: person AP50 {person:.3f}", flush=True)
        if person > best:
            best, second["kept"] = person, weights
    second["average"] = second.pop("kept")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(second, given.out)


if __name__ == "__main__":
    main()
