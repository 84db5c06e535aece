"""Measures of whole distributions, from the logits of a completion's places; some rows at a time, in single precision."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from fovea_skyrl.request import SignalRequest

ROWS_AT_ONCE = 256


def token_statistics(logits: Tensor, targets: Tensor, temperature: float = 1.0) -> tuple[Tensor, Tensor]:
    """Log-probs of `targets` [T] and entropies [T], nats, from logits [T, V]."""
    logprobs, entropies = [], []
    for logs, wanted in zip(_log_softmax(logits, temperature), targets.split(ROWS_AT_ONCE), strict=True):
        logprobs.append(logs.gather(1, wanted[:, None])[:, 0])
        entropies.append(-(logs.exp() * logs).sum(dim=-1))
    return torch.cat(logprobs), torch.cat(entropies)


def distribution_signals(logits: Tensor, request: SignalRequest, temperature: float = 1.0) -> dict[str, Tensor]:
    """What a request asks of softmax(logits / temperature), logits [T, V].

    `nucleus_entropy` [T] nats; `alternatives` [T, k] ids of the likeliest tokens, the likeliest first, and
    `alternative_logprobs` [T, k] nats.
    """
    parts: list[dict[str, Tensor]] = []
    if request.nucleus is None and request.alternatives == 0:
        return {}
    for logs in _log_softmax(logits, temperature):
        part = {}
        if request.nucleus is not None:
            part["nucleus_entropy"] = nucleus_entropy(logs, request.nucleus)
        if request.alternatives:
            part["alternative_logprobs"], part["alternatives"] = logs.topk(request.alternatives, dim=-1)
        parts.append(part)
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


def nucleus_entropy(logs: Tensor, mass: float) -> Tensor:
    """Entropy [N], nats, of distributions cut to the smallest set of likeliest tokens whose probability reaches `mass`.

        log m − (1/m)·Σ_{v ∈ nucleus} p_v·log p_v,      m = Σ_{v ∈ nucleus} p_v

    logs: log-probs [N, V]; mass in (0, 1].
    """
    ordered = logs.sort(dim=-1, descending=True).values
    probabilities = ordered.exp()
    before = probabilities.cumsum(dim=-1) - probabilities
    kept = probabilities * (before < mass)
    total = kept.sum(dim=-1)
    return (total.log() - (kept * ordered).sum(dim=-1) / total).clamp(min=0)


def divergence_signals(first: Tensor, second: Tensor, temperature: float = 1.0) -> dict[str, Tensor]:
    """How far apart p = softmax(first / temperature) and q = softmax(second / temperature) are, place by place.

        divergence        KL(p ‖ q) = Σ_v p_v·(log p_v − log q_v)
        jensen_shannon    ½·KL(p ‖ m) + ½·KL(q ‖ m),      m = ½·(p + q)

    first, second: logits [T, V]. Both are [T], nats, at least 0; the second at most log 2.
    """
    divergences, mixed = [], []
    for p, q in zip(_log_softmax(first, temperature), _log_softmax(second, temperature), strict=True):
        middle = torch.logaddexp(p, q) - math.log(2)
        divergences.append((p.exp() * (p - q)).sum(dim=-1))
        mixed.append(((p.exp() * (p - middle)).sum(dim=-1) + (q.exp() * (q - middle)).sum(dim=-1)) / 2)
    return {
        "divergence": torch.cat(divergences).clamp(min=0),
        "jensen_shannon": torch.cat(mixed).clamp(0, math.log(2)),
    }


def _log_softmax(logits: Tensor, temperature: float) -> Iterator[Tensor]:
    for rows in logits.split(ROWS_AT_ONCE):
        yield torch.log_softmax(rows.float() / temperature, dim=-1)
