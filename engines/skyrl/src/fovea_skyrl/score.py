"""A teacher-forced pass over a padded batch: log-probs, entropy and signals of each completion."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from fovea_skyrl.capture import SignalCapture, Signals
from fovea_skyrl.distributions import distribution_signals, divergence_signals, token_statistics
from fovea_skyrl.errors import RequestError
from fovea_skyrl.hidden_images import HiddenImages
from fovea_skyrl.layout import BatchLayout
from fovea_skyrl.request import SignalRequest


@dataclass(frozen=True)
class Score:
    """Of one completion."""

    logprobs: Tensor
    """[T] nats."""
    signals: Signals
    """By name: [T] each, `gram` [T, T], of the likeliest tokens [T, k]."""


@torch.no_grad()
def score(
    model: nn.Module,
    inputs: Mapping[str, Tensor],
    lengths: list[int],
    request: SignalRequest,
    temperature: float = 1.0,
    second: Mapping[str, Tensor] | None = None,
) -> list[Score]:
    """Scores a batch with a model of transformers: Qwen2-VL, Qwen2.5-VL or Qwen3-VL.

    inputs: of the model, padded on either side; lengths: T of each sequence, whose completion is its last T tokens; second: the
    same completions in another view, which a divergence is of. Log-probs and all of distributions are of
    softmax(logits / temperature), in single precision; attention has no temperature.

    Raises RequestError for a divergence without a second view, and the other way round.
    """
    if request.divergence != (second is not None):
        raise RequestError(f"a second view: expected {'one' if request.divergence else 'none'}, got the other")
    layout, capture, logits = _passed(model, inputs, lengths, request, request.hides("first"))
    scores = []
    for index, sequence in enumerate(layout.sequences):
        rows = logits[index, sequence.predicting]
        targets = inputs["input_ids"][index, sequence.positions[sequence.first :]]
        logprobs, entropy = token_statistics(rows, targets, temperature)
        signals = capture.signals[index] | ({"entropy": entropy} if request.entropy else {})
        scores.append(Score(logprobs, signals | distribution_signals(rows, request, temperature)))
    if second is None:
        return scores
    other, _, other_logits = _passed(model, second, lengths, SignalRequest(), request.hides("second"))
    for index, (own, sequence) in enumerate(zip(scores, other.sequences, strict=True)):
        rows = other_logits[index, sequence.predicting]
        targets = second["input_ids"][index, sequence.positions[sequence.first :]]
        logprobs, entropy = token_statistics(rows, targets, temperature)
        seen = logits[index, layout.sequences[index].predicting]
        signals = divergence_signals(seen, rows, temperature)
        own.signals.update(signals | {"ablated_logprobs": logprobs, "ablated_entropy": entropy})
    return scores


def _passed(
    model: nn.Module, inputs: Mapping[str, Tensor], lengths: list[int], request: SignalRequest, hides_images: bool
) -> tuple[BatchLayout, SignalCapture, Tensor]:
    """One pass: the layout, what was taken, and logits [B, width, V]."""
    config: Any = model.config
    layout = BatchLayout.of(inputs["input_ids"], inputs["attention_mask"], lengths, config.image_token_id)
    hidden = HiddenImages(model, layout) if hides_images else nullcontext()
    with SignalCapture(model, request, layout) as capture, hidden:
        return layout, capture, model(**inputs, use_cache=False).logits
