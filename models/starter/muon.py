"""Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon): steps whose matrix is made
orthogonal.

A filter bank [outputs, inputs, 3, 3] is a matrix [outputs, inputs * 9]. Its averaged gradient is
dominated by few directions; Newton and Schulz's iteration brings all its singular values near 1, so
that a step moves rare directions as far as frequent ones. The size of a step is that of Adam (Liu
et al. 2025, arXiv 2502.16982), so that one rate serves for both.
"""

import torch

MOMENTUM = 0.95
ROUNDS = 5
QUINTIC = (3.4445, -4.7750, 2.0315)  # Jordan's: quick to reach 0.7 .. 1.2, which is near enough
SIZE = 0.3  # root of the mean square of a step's elements, in rates: about Adam's


class Muon(torch.optim.Optimizer):
    """For weights of two or more dimensions; groups have lr and weight_decay, which is
    decoupled."""

    def __init__(self, groups):
        super().__init__(groups, {"lr": 0.0, "weight_decay": 0.0})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for weights in group["params"]:
                if weights.grad is None:
                    continue
                state = self.state[weights]
                if not state:
                    state["momentum"] = torch.zeros_like(weights)
                state["momentum"].lerp_(weights.grad, 1 - MOMENTUM)
                step = orthogonal(weights.grad.lerp(state["momentum"], MOMENTUM).flatten(1))
                weights.mul_(1 - group["lr"] * group["weight_decay"])
                weights.add_(
                    step.reshape(weights.shape), alpha=-group["lr"] * SIZE * max(step.shape) ** 0.5
                )


def orthogonal(matrix):
    """The nearest matrix with singular values of about 1."""
    tall = matrix.shape[0] > matrix.shape[1]
    x = (matrix.T if tall else matrix) / (matrix.norm() + 1e-7)
    one, three, five = QUINTIC
    for _ in range(ROUNDS):
        square = x @ x.T
        x = one * x + (three * square + five * square @ square) @ x
    return x.T if tall else x
