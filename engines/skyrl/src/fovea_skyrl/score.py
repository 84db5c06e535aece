"""A teacher-forced pass over a padded batch: log-probs, entropy and signals of each completion."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from fovea_skyrl.capture import SignalCapture, Signals
from fovea_skyrl.layout import BatchLayout
from fovea_skyrl.request import SignalRequest

ROWS_AT_ONCE = 1024


@dataclass(frozen=True)
class Score:
    """Of one completion."""

    logprobs: Tensor
    """[T] nats."""
    signals: Signals
    """By name: [T] each, `gram` [T, T]."""


@torch.no_grad()
def score(
    model: nn.Module,
    inputs: Mapping[str, Tensor],
    lengths: list[int],
    request: SignalRequest,
    temperature: float = 1.0,
) -> list[Score]:
    """Scores a batch with a transformers Qwen2.5-VL.

    inputs: of the model, padded on either side; lengths: T of each sequence, whose completion is its last T tokens.
    Log-probs and entropy are of softmax(logits / temperature), in single precision; attention has no temperature.
    """
    config: Any = model.config
    layout = BatchLayout.of(inputs["input_ids"], inputs["attention_mask"], lengths, config.image_token_id)
    with SignalCapture(model, request, layout) as capture:
        logits = model(**inputs, use_cache=False).logits
    scores = []
    for index, sequence in enumerate(layout.sequences):
        rows = sequence.positions[sequence.first - 1 : sequence.keys - 1]
        targets = inputs["input_ids"][index, sequence.positions[sequence.first :]]
        logprobs, entropy = token_statistics(logits[index, rows], targets, temperature)
        signals = capture.signals[index] | ({"entropy": entropy} if request.entropy else {})
        scores.append(Score(logprobs, signals))
    return scores


def token_statistics(logits: Tensor, targets: Tensor, temperature: float = 1.0) -> tuple[Tensor, Tensor]:
    """Log-probs of `targets` [T] and entropies [T], nats, from logits [T, V]; a few rows at a time."""
    logprobs, entropies = [], []
    for rows, wanted in zip(logits.split(ROWS_AT_ONCE), targets.split(ROWS_AT_ONCE), strict=True):
        logs = torch.log_softmax(rows.float() / temperature, dim=-1)
        logprobs.append(logs.gather(1, wanted[:, None])[:, 0])
        entropies.append(-(logs.exp() * logs).sum(dim=-1))
    return torch.cat(logprobs), torch.cat(entropies)
