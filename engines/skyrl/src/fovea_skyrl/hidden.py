"""Likeness of a completion's hidden states to those of the image's tokens."""

import torch
from torch import Tensor
from torch.nn import functional

from fovea_skyrl.layout import SequenceLayout
from fovea_skyrl.request import HiddenRequest


class HiddenCosines:
    """Mean over layers of one sequence's cosines; a layer's states are taken in and forgotten.

        pairing "mean"       cos(h_t, (1/I)·Σ_v h_v)
        pairing "pairwise"   (1/I)·Σ_v cos(h_t, h_v)        over the I image tokens; 0 where there are none

    In single precision whatever the type of the states.
    """

    def __init__(self, sequence: SequenceLayout, request: HiddenRequest) -> None:
        self._sequence = sequence
        self._request = request
        self._sum: Tensor | None = None
        self._layers = 0

    def add(self, states: Tensor) -> None:
        """states: [width, D] of all positions of the batch's row."""
        known = states[self._sequence.positions].float()
        own, images = known[self._sequence.first :], known[self._sequence.visual]
        if images.shape[0] == 0:
            cosines = own.new_zeros(own.shape[0])
        elif self._request.pairing == "mean":
            cosines = functional.cosine_similarity(own, images.mean(dim=0, keepdim=True), dim=1)
        else:
            direction = functional.normalize(images, dim=1).mean(dim=0)
            cosines = functional.normalize(own, dim=1) @ direction
        self._sum = cosines if self._sum is None else self._sum + cosines
        self._layers += 1

    def result(self) -> dict[str, Tensor]:
        """`hidden_cosine` [T], in [−1, 1]."""
        total = self._sum if self._sum is not None else torch.zeros(self._sequence.length)
        return {"hidden_cosine": total / max(self._layers, 1)}
