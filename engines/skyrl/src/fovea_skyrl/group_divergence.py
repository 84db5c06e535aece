"""How far apart the distributions at each place of a prompt's completions are.

The head is read again, a stretch of places at a time, from rows of D numbers a token: the distributions of a whole group, G·T·V
numbers, are never held.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from fovea_skyrl.layout import BatchLayout

FURTHEST = 11.0
"""Log-probs further than this from their mean count as so far."""
NUMBERS = 2**24
"""Numbers of distributions that are held at once: 64 MiB, a few times over."""


class GroupDivergence:
    """Divergences within groups whose completions are run in one pass or in several, one after another.

        groups = GroupDivergence(model, temperature)
        with groups.reading(layout, [0, 1], ends=False):    # a first completion of each of two groups
            model(**inputs)
        with groups.reading(other, [0, 1], ends=True):      # their last
            model(**others)
        groups.divergences[0]                               # [T] nats, T of its longest completion

    A hook takes the rows that the head reads. The head is read again in the last pass's hook, where its weights are whole, and
    with its adapters; under FSDP2 nothing is gathered for it.
    """

    def __init__(self, model: Any, temperature: float, numbers: int = NUMBERS) -> None:
        self.divergences: dict[int, Tensor] = {}
        self._head: nn.Module = model.get_output_embeddings()
        self._temperature = temperature
        self._numbers = numbers
        self._rows: dict[int, list[Tensor]] = {}

    @contextmanager
    def reading(self, layout: BatchLayout, groups: Sequence[int], ends: bool) -> Iterator[None]:
        """One pass. groups: the group of each sequence of the layout; ends: whether it is the last pass of all groups."""

        @torch.no_grad()
        def hook(head: Any, args: tuple[Any, ...]) -> None:
            hidden: Tensor = args[0]
            layout.require_whole(hidden, "rows of the head: expected", "a group needs")
            for index, (group, sequence) in enumerate(zip(groups, layout.sequences, strict=True)):
                self._rows.setdefault(group, []).append(hidden[index, sequence.predicting].detach())
            if ends:
                for group, rows in self._rows.items():
                    self.divergences[group] = read_again(head, rows, self._temperature, self._numbers)
                self._rows.clear()

        handle = self._head.register_forward_pre_hook(hook)
        try:
            yield
        finally:
            handle.remove()

    def of(self, group: int, length: int) -> Tensor:
        """[T] nats at the places of a completion of so many tokens."""
        return self.divergences[group][:length]


def read_again(head: Any, rows: Sequence[Tensor], temperature: float, numbers: int = NUMBERS) -> Tensor:
    """The divergences at all places that a completion of a group reaches, [max T] nats.

    head: the output projection, [N, D] to [N, V]; its hooks are not run
    rows: [T, D] that the head reads, of each completion
    numbers: distributions of at most so many numbers are held at once, or of one place
    """
    longest = max(own.shape[0] for own in rows)
    stretch = max(1, numbers // (len(rows) * head.out_features))
    parts = []
    for start in range(0, longest, stretch):
        some = [own[start : start + stretch] for own in rows]
        places = max(own.shape[0] for own in some)
        logits = head.forward(torch.cat(some)).float() / temperature
        logs = torch.log_softmax(logits, dim=-1).split([own.shape[0] for own in some])
        parts.append(group_divergence(logs, places))
    return torch.cat(parts) if parts else torch.zeros(0, device=rows[0].device)


def group_divergence(logs: Sequence[Tensor], places: int) -> Tensor:
    """The mean over completions of a k3 estimate over the whole vocabulary against the mean log-prob, [places] nats, ≥ 0.

        D = (1/G)·Σᵢ Σ_v (e^d − d − 1),      d = clamp(mean_k log p_k(v) − log pᵢ(v), −11, 11)

    A completion that has ended has the uniform distribution. Source: TW-GRPO, arXiv:2505.24718.

    logs: log-probs [n, V] of each completion at the places that it reaches, n ≤ places
    """
    vocabulary = logs[0].shape[1]
    cube = logs[0].new_full((len(logs), places, vocabulary), 1 / vocabulary).log_()
    for own, known in zip(cube, logs, strict=True):
        own[: known.shape[0]] = known
    difference = (cube.mean(dim=0) - cube).clamp_(-FURTHEST, FURTHEST)
    return (difference.expm1() - difference).sum(dim=(0, 2)).div_(len(logs)).clamp_(min=0)
