"""How much boxes share."""

import numpy as np


def overlap(box, others):
    """IoU of one box with many, [4] and [N,4] as x1, y1, x2, y2 -> [N]."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    inner = np.clip(high - low, 0, None).prod(1)
    return inner / (
        (box[2:] - box[:2]).prod() + (others[:, 2:] - others[:, :2]).prod(1) - inner + 1e-9
    )
