"""Where scores are to lie: a class's box is shown from a score of SHOWN, so that this should be the
one from which enough boxes are right.

A model's own scores say which box is surer, not how sure. They are shifted, class by class, by what
is found in the photos that were held out of the training: SHOWN comes to where RIGHT of all boxes
are right that are shown then, and so as many are shown as can be. The order of the scores stays,
and with it average precision.
"""

import math

import numpy as np
from precision import hits, look_at

SHOWN = 0.4  # the score from which the app shows a box unless told otherwise
RIGHT = 0.8  # of the boxes that are shown
LEAST = 10  # objects of a class; with fewer it is not known
MOST = 1.5  # by how much scores are shifted at most, as logits


def logit(score):
    return math.log(score / (1 - score))


def shown_from(scores, right):
    """The least score from which RIGHT of the boxes are right; None where there is none."""
    order = np.argsort(-scores, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero((share >= RIGHT) & (np.cumsum(right[order]) >= LEAST // 2))
    return float(scores[order][enough[-1]]) if len(enough) else None


def shifts(network, photos, numbers, side, kept):
    """By how much the logits of each kept class are to be shifted."""
    found, wanted = look_at(network, photos, numbers, side)
    right = np.concatenate([hits(f, w)[0] for f, w in zip(found, wanted, strict=True)])
    found, wanted = np.concatenate(found), np.concatenate(wanted)
    out = []
    for c in kept:
        own, score = found[:, 0] == c, None
        if (wanted[:, 0] == c).sum() >= LEAST:
            score = shown_from(found[own, 1], right[own])
        shift = logit(SHOWN) - logit(score) if score else 0.0
        out.append(max(-MOST, min(shift, MOST)))
    return out
