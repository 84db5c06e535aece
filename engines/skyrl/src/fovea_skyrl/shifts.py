"""DyCo-RL's attention masses and shifts, and the measures of its ablations, from blocks of rows."""

import math

import torch
from torch import Tensor

from fovea_skyrl.request import Measure

SMALLEST = 1e-12
"""Attention below this counts as this where a logarithm of it is taken."""


class ShiftReducer:
    """Takes the rows of one completion, block by block, and keeps a few numbers per row.

        rᵐₜ = Σ_{j ∈ Iₘ} aₜⱼ                        mass
        vᵐₜ = 2·arccos Σⱼ √(pᵐₜ₋₁ⱼ · pᵐₜⱼ)          shift, pᵐₜⱼ = aₜⱼ / rᵐₜ

    Source: DyCo-RL, arXiv:2606.08035, Eqs. 2, 6 and 7. Each row is normalised on its own whole support; a shift is 0
    for the first row and where either row has no mass. It is computed as 4·arcsin(½·‖√p − √q‖), the same angle with
    all its digits where rows hardly differ. Text keys are those up to and including the query's own.
    """

    def __init__(self, visual: Tensor, first: int, measure: Measure | None = None) -> None:
        """visual: [S] bool, image keys, all others being text; first: key index of the first row's query."""
        text = ~visual
        self.columns = {"visual": visual.nonzero()[:, 0], "text": text.nonzero()[:, 0]}
        self.first = first
        self.measure = measure
        self.text_until = text.cumsum(0)
        self.seen = 0
        self.before: dict[str, tuple[Tensor, Tensor]] = {}
        self.parts: dict[str, list[Tensor]] = {}

    def add(self, rows: Tensor) -> None:
        """rows: [n, S], the next n rows after those added before."""
        n = rows.shape[0]
        for modality, columns in self.columns.items():
            weights = rows[:, columns]
            mass = weights.sum(dim=-1)
            shares = weights / mass.clamp_min(torch.finfo(weights.dtype).tiny)[:, None]
            last = self.before.get(modality)
            if last is not None:
                shares, masses = torch.cat((last[0], shares)), torch.cat((last[1], mass))
            else:
                shares, masses = torch.cat((shares[:1], shares)), torch.cat((mass[:1], mass))
            both = (masses[1:] > 0) & (masses[:-1] > 0)
            self._keep(f"{modality}_mass", mass)
            self._keep(f"{modality}_shift", torch.where(both, distances(shares), 0.0))
            if self.measure == "sharpness":
                sizes = self._supports(modality, n)
                self._keep(f"{modality}_sharpness", torch.where(mass > 0, sharpness(shares[1:], sizes), 0.0))
            elif self.measure == "divergence":
                self._keep(f"{modality}_divergence", torch.where(both, divergences(shares), 0.0))
            self.before[modality] = shares[-1:].clone(), masses[-1:].clone()
        self.seen += n

    def result(self) -> dict[str, Tensor]:
        """[T] each: visual_mass, text_mass, visual_shift, text_shift, and two of the measure."""
        return {name: torch.cat(parts) for name, parts in self.parts.items()}

    def _supports(self, modality: str, n: int) -> Tensor:
        """[n] keys of the modality that each row may look at."""
        if modality == "visual":
            return torch.full((n,), self.columns["visual"].shape[0], device=self.text_until.device)
        start = self.first + self.seen
        return self.text_until[start : start + n]

    def _keep(self, name: str, values: Tensor) -> None:
        self.parts.setdefault(name, []).append(values)


def distances(shares: Tensor) -> Tensor:
    """Fisher-Rao distance of each row to the one before, in [0, π]; [n + 1, N] to [n]."""
    roots = shares.sqrt()
    chord = (roots[1:] - roots[:-1]).square().sum(dim=-1).sqrt()
    return 4 * torch.asin((chord / 2).clamp_max(math.sqrt(0.5)))


def sharpness(shares: Tensor, sizes: Tensor) -> Tensor:
    """1 − H(p)/ln N in [0, 1]; 0 for fewer than two keys. shares: [n, N_max], sizes: N of each row."""
    entropy = torch.special.entr(shares).sum(dim=-1)
    values = (1 - entropy / sizes.clamp_min(2).to(shares.dtype).log()).clamp(0, 1)
    return torch.where(sizes < 2, 0.0, values)


def divergences(shares: Tensor) -> Tensor:
    """KL divergence of the row before from each row, nats; [n + 1, N] to [n]."""
    before, now = shares[:-1], shares[1:]
    terms = torch.special.xlogy(before, before) - torch.special.xlogy(before, now.clamp_min(SMALLEST))
    return terms.sum(dim=-1).clamp_min(0)
