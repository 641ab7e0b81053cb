"""Training pictures: photos pasted at random sizes, alone or four together, with their boxes and
ignored regions.

Mosaic after Bochkovskiy et al. 2020 (YOLOv4, arXiv 2004.10934). Everything random follows from
(seed, round, number), so that a run can be repeated and resumed.
"""

import json

import cv2
import numpy as np
from torch.utils.data import Dataset

GREY = 114  # what fills a picture beside its photo; the app fills with the same
LEAST_SIDE = 3  # pixels: smaller boxes are ignored, not learnt
PLACES = 5  # where each side of a box may lie
CHANCES = 5 + 4 * PLACES  # columns of a box: its class, its sides and their places come before
LEAST_VISIBLE = 0.3  # of a box's area: what is cut off more is ignored

# How often the photos of a source are taken where these look much alike; others count as 1.
SHARE = {
    "corridor-people": 0.3,
    "desk-fruit": 0.3,
    "classroom": 0.5,
    "cats-dogs": 0.6,
    "pexels-bottles": 0.6,
    "film": 0.2,
}


# Sources begin like this whose photos show what a camera meets anywhere, with all classes boxed.
COMMON = ("coco", "drawn")


class Photos:
    """What prepare.py wrote: pixels mapped from the file, boxes and ignored regions in memory."""

    def __init__(self, folder):
        listed = json.loads((folder / "photos.json").read_text())
        self.classes = tuple(listed["classes"])
        self.entries = listed["photos"]
        self.bytes = np.memmap(folder / "photos.u8", np.uint8, "r")
        self.boxes = [self._boxes(e["boxes"]) for e in self.entries]
        self.ignored = [self._regions(e["ignored"]) for e in self.entries]

    def _boxes(self, boxes):
        out = np.zeros((len(boxes), CHANCES + len(self.classes)), np.float32)
        for row, (own, x1, y1, x2, y2, places, chances) in zip(out, boxes, strict=True):
            row[:CHANCES] = own, x1, y1, x2, y2, *places
            for c, chance in chances.items():
                row[CHANCES + int(c)] = chance
        return out

    def _regions(self, regions):
        out = np.zeros((len(regions), 4 + len(self.classes)), np.float32)
        for row, region in zip(out, regions, strict=True):
            row[:4] = region[:4]
            row[[4 + c for c in region[4]]] = 1
        return out

    def pixels(self, i):
        e = self.entries[i]
        return self.bytes[e["at"] : e["at"] + e["h"] * e["w"] * 3].reshape(e["h"], e["w"], 3)

    def shares(self, numbers, others):
        """How often each photo is taken beside the rest. others: those that are not of COCO."""
        sources = [self.entries[i]["source"] for i in numbers]
        rare = [1.0 if s.startswith(COMMON) else others for s in sources]
        return np.minimum(rare, [SHARE.get(s, 1.0) for s in sources])

    def split(self):
        """Numbers to train on and numbers held out: some of the photos whose makers boxed all
        taught classes."""
        whole = [
            i for i, e in enumerate(self.entries) if e["source"] in ("coco-val2017-person", "drawn")
        ]
        held = set(whole[:: 20 if len(whole) > 1000 else 5])
        return [i for i in range(len(self.entries)) if i not in held], sorted(held)


class Training(Dataset):
    """One round's pictures [side, side, 3] of uint8 with boxes [n, CHANCES + C] (class, x1, y1, x2,
    y2, the places of each side outwards from there, the chance of each class) and ignored regions
    [m, 4 + C], in pixels."""

    def __init__(self, photos, numbers, shares, count, side, turn, seed, mosaic):
        self.photos, self.side, self.turn, self.seed, self.mosaic = (
            photos,
            side,
            turn,
            seed,
            mosaic,
        )
        rng = np.random.default_rng((seed, turn))
        count = min(count, len(numbers))
        self.order = rng.choice(numbers, count, replace=False, p=shares / shares.sum())

    def __len__(self):
        return len(self.order)

    def __getitem__(self, at):
        cv2.setNumThreads(0)
        rng = np.random.default_rng((self.seed, self.turn, at))
        canvas = np.full((self.side, self.side, 3), GREY, np.uint8)
        first = int(self.order[at])
        if rng.random() < self.mosaic:
            parts = self._four(canvas, first, rng)
        else:
            parts = [self._paste(canvas, first, (0, 0, self.side, self.side), None, rng)]
        boxes, ignored = (np.concatenate(p) for p in zip(*parts, strict=True))
        return colours(canvas, rng), boxes, ignored

    def _four(self, canvas, first, rng):
        s = self.side
        x, y = (rng.uniform(0.3, 0.7, 2) * s).astype(int)
        areas = [
            ((0, 0, x, y), (1, 1)),
            ((x, 0, s, y), (0, 1)),
            ((0, y, x, s), (1, 0)),
            ((x, y, s, s), (0, 0)),
        ]
        numbers = [first, *rng.choice(self.order, 3)]
        rng.shuffle(areas)
        return [
            self._paste(canvas, int(n), area, corner, rng)
            for n, (area, corner) in zip(numbers, areas, strict=True)
        ]

    def _paste(self, canvas, number, area, corner, rng):
        """Draw a photo into an area of the canvas, at a corner of it (0 low, 1 high in x and y) or
        anywhere when corner is None."""
        rgb = self.photos.pixels(number)
        h, w = rgb.shape[:2]
        x1, y1, x2, y2 = area
        scale = (
            self.side
            / max(w, h)
            * np.exp(rng.uniform(*np.log((0.5, 1.5) if corner else (0.6, 1.5))))
        )
        stretch = np.exp(rng.uniform(-0.2, 0.2))
        nw, nh = max(8, round(w * scale * stretch)), max(8, round(h * scale / stretch))
        room = np.array([x2 - x1 - nw, y2 - y1 - nh])
        if corner is None:
            at = room * rng.uniform(0, 1, 2)
        else:
            at = room * np.array(corner)
            # of what is too large show any part, not the same corner for ever
            over = np.minimum(room, 0)
            at = np.where(room < 0, over * rng.uniform(0, 1, 2), at)
        dx, dy = np.rint(at).astype(int)
        small = cv2.resize(
            rgb, (nw, nh), interpolation=cv2.INTER_AREA if nw < 0.6 * w else cv2.INTER_LINEAR
        )
        flip = rng.random() < 0.5
        if flip:
            small = small[:, ::-1]
        left, top = max(dx, 0), max(dy, 0)
        right, bottom = min(dx + nw, x2 - x1), min(dy + nh, y2 - y1)
        canvas[y1 + top : y1 + bottom, x1 + left : x1 + right] = small[
            top - dy : bottom - dy, left - dx : right - dx
        ]

        def place(corners):
            p = corners.copy()
            if flip:
                p[:, [0, 2]] = 1 - p[:, [2, 0]]
            p *= np.array([nw, nh, nw, nh], np.float32)
            return p + np.array([x1 + dx, y1 + dy, x1 + dx, y1 + dy], np.float32)

        limits = np.array([x1 + left, y1 + top, x1 + right, y1 + bottom], np.float32)
        boxes, ignored = self.photos.boxes[number].copy(), self.photos.ignored[number].copy()
        whole, ignored[:, :4] = place(boxes[:, 1:5]), place(ignored[:, :4])
        boxes[:, 1:5] = whole
        clip(boxes[:, 1:5], limits)
        places = boxes[:, 5:CHANCES].reshape(-1, 4, PLACES)
        if flip:
            places = places[:, [2, 1, 0, 3]]
        places = places * np.array([nw, nh, nw, nh], np.float32)[:, None]
        places[boxes[:, 1:5] != whole] = 0  # it is cut off just there
        boxes[:, 5:CHANCES] = places.reshape(-1, 4 * PLACES)
        full = sides(whole).prod(1)
        clip(ignored[:, :4], limits)
        seen = sides(boxes[:, 1:5])
        good = (seen.min(1) >= LEAST_SIDE) & (seen.prod(1) >= LEAST_VISIBLE * full)
        rest = boxes[~good & (seen.min(1) > 0)]
        cut = np.zeros((len(rest), ignored.shape[1]), np.float32)
        cut[:, :4] = rest[:, 1:5]
        cut[np.arange(len(rest)), 4 + rest[:, 0].astype(int)] = 1
        ignored = ignored[sides(ignored[:, :4]).min(1) > 0]
        return boxes[good], np.concatenate((ignored, cut))


def sides(boxes):
    return boxes[:, 2:] - boxes[:, :2]


def clip(boxes, limits):
    """Cut boxes off at x1, y1, x2, y2, in place."""
    boxes[:] = np.clip(boxes, limits[[0, 1, 0, 1]], limits[[2, 3, 2, 3]])


def colours(rgb, rng):
    """Vary brightness, contrast, the balance of the three colours and their strength; at times
    grey, blurred or noisy."""
    gain = np.exp(rng.uniform(-0.35, 0.35)) * np.exp(rng.uniform(-0.1, 0.1, 3))
    shift = rng.uniform(-25, 25)
    table = np.clip((np.arange(256)[:, None] - 114) * gain + 114 + shift, 0, 255).astype(np.uint8)
    rgb = cv2.LUT(rgb, table[None])
    chance = rng.random()
    if chance < 0.5:
        strength = 0.0 if chance < 0.05 else rng.uniform(0.4, 1.4)
        grey = cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        rgb = cv2.addWeighted(rgb, strength, grey, 1 - strength, 0)
    chance = rng.random()
    if chance < 0.06:
        rgb = cv2.blur(rgb, (3, 3))
    elif chance < 0.12:
        noise = rng.integers(-12, 13, rgb.shape, np.int16)
        rgb = np.clip(rgb + noise, 0, 255).astype(np.uint8)
    return rgb


def letterbox(rgb, side):
    """As the app does it: the whole photo in the middle of a square. Returns the picture, the scale
    and the shift of x and y."""
    h, w = rgb.shape[:2]
    scale = side / max(h, w)
    nw, nh = round(w * scale), round(h * scale)
    dx, dy = (side - nw) // 2, (side - nh) // 2
    canvas = np.full((side, side, 3), GREY, np.uint8)
    canvas[dy : dy + nh, dx : dx + nw] = cv2.resize(
        rgb, (nw, nh), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    )
    return canvas, scale, (dx, dy)
