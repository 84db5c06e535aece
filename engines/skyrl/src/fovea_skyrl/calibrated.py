"""AT-RL's connectivity, Gram matrix and clusters, from blocks of the rows of several layers."""

import math

import torch
from torch import Tensor

from fovea_skyrl.clusters import clustered
from fovea_skyrl.request import BiasCurve, CalibratedRequest


def bias_curve(keys: int, device: torch.device | None = None, parameters: BiasCurve = BiasCurve()) -> Tensor:
    """How much attention positions get for their place alone.

        bⱼ ∝ 1 + λ_exp·e^{−γ·p} + λ_cos·cos(π·p),   p = j/N,   j = 1 … N,   mean 1

    Source: AT-RL, arXiv:2602.11455, Eq. 12. Returns [N] in double precision.
    """
    places = torch.arange(1, keys + 1, dtype=torch.float64, device=device) / max(keys, 1)
    curve = 1 + parameters.exponential * torch.exp(-parameters.decay * places) + parameters.cosine * torch.cos(math.pi * places)
    return curve / curve.mean()


class CalibratedRows:
    """Adds up the rows of one completion over layers, then reduces them.

        Ãₜⱼ    = Āₜⱼ / bⱼ               Ā the mean over layers (Eqs. 5 and 6)
        Cₜ     = Σ_{j ∈ I_vis} Ãₜⱼ      (Eq. 7)
        gramₛₜ = ⟨Ãₛ, Ãₜ⟩

    Source: AT-RL, arXiv:2602.11455. N of the bias curve is the number of the sequence's keys, padding left out. The sum
    is one [T, S] matrix per sequence however many layers and heads are added.
    """

    def __init__(self, length: int, visual: Tensor, request: CalibratedRequest) -> None:
        """length: T; visual: [S] bool."""
        self.visual = visual
        self.request = request
        self.total = torch.zeros(length, visual.shape[0], device=visual.device)
        self.layers = 0
        self.at = 0

    def add(self, rows: Tensor) -> None:
        """rows: [n, S], the next n rows of the layer."""
        self.total[self.at : self.at + rows.shape[0]] += rows
        self.at += rows.shape[0]

    def end_layer(self) -> None:
        self.layers += 1
        self.at = 0

    def result(self) -> dict[str, Tensor]:
        """connectivity [T] and gram [T, T], symmetric, and the signals of `clustered`, as far as they are asked for."""
        rows = self.total
        scale = torch.full((rows.shape[1],), 1 / self.layers, dtype=torch.float64, device=rows.device)
        if self.request.bias_correction:
            scale /= bias_curve(rows.shape[1], rows.device, self.request.bias_curve)
        rows *= scale.to(rows.dtype)
        connectivity, gram = rows[:, self.visual].sum(dim=-1), rows @ rows.T
        signals = {"connectivity": connectivity, "gram": gram} if self.request.gram else {}
        if self.request.clusters:
            signals |= {"clusters_connectivity": connectivity} | clustered(gram, self.request.clusters)
        return signals
