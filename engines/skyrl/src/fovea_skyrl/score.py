"""A teacher-forced pass over a padded batch: log-probs, entropy and signals of each completion."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from fovea_skyrl.capture import SignalCapture, Signals
from fovea_skyrl.changed_images import changed_images
from fovea_skyrl.distributions import distribution_signals, divergence_signals, token_statistics
from fovea_skyrl.errors import RequestError
from fovea_skyrl.group_divergence import GroupDivergence
from fovea_skyrl.layout import BatchLayout
from fovea_skyrl.request import GROUP_SIGNAL, SignalRequest


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
    softmax(logits / temperature), in single precision; attention has no temperature. With a group of G, each G sequences in a row
    are completions of one prompt.

    Raises RequestError for a divergence without a second view, and the other way round, and for sequences that are no groups.
    """
    if request.divergence != (second is not None):
        raise RequestError(f"a second view: expected {'one' if request.divergence else 'none'}, got the other")
    groups = GroupDivergence(model, temperature) if request.group else None
    layout, capture, logits = _passed(model, inputs, lengths, request, "first", groups)
    scores = []
    for index, sequence in enumerate(layout.sequences):
        rows = logits[index, sequence.predicting]
        targets = inputs["input_ids"][index, sequence.positions[sequence.first :]]
        logprobs, entropy = token_statistics(rows, targets, temperature)
        signals = capture.signals[index] | ({"entropy": entropy} if request.entropy else {})
        signals |= {GROUP_SIGNAL: groups.of(index // request.group, sequence.length)} if groups else {}
        scores.append(Score(logprobs, signals | distribution_signals(rows, request, temperature)))
    if second is None:
        return scores
    other, _, other_logits = _passed(model, second, lengths, request, "second", None)
    for index, (own, sequence) in enumerate(zip(scores, other.sequences, strict=True)):
        rows = other_logits[index, sequence.predicting]
        targets = second["input_ids"][index, sequence.positions[sequence.first :]]
        logprobs, entropy = token_statistics(rows, targets, temperature)
        seen = logits[index, layout.sequences[index].predicting]
        signals = divergence_signals(seen, rows, temperature)
        own.signals.update(signals | {"ablated_logprobs": logprobs, "ablated_entropy": entropy})
    return scores


def _passed(
    model: nn.Module,
    inputs: Mapping[str, Tensor],
    lengths: list[int],
    request: SignalRequest,
    view: Literal["first", "second"],
    groups: GroupDivergence | None,
) -> tuple[BatchLayout, SignalCapture, Tensor]:
    """One pass: the layout, what was taken, and logits [B, width, V]; signals are those of the first view."""
    config: Any = model.config
    ids = inputs["input_ids"]
    layout = BatchLayout.of(ids, inputs["attention_mask"], lengths, config.image_token_id)
    reading = nullcontext()
    if groups:
        members = [index // request.group for index in range(len(lengths))]
        _check_groups(ids, layout, request.group)
        reading = groups.reading(layout, members, ends=True)
    captured = request if view == "first" else SignalRequest()
    with SignalCapture(model, captured, layout) as capture, changed_images(model, request, view, layout), reading:
        return layout, capture, model(**inputs, use_cache=False).logits


def _check_groups(ids: Tensor, layout: BatchLayout, size: int) -> None:
    if len(layout.sequences) % size:
        raise RequestError(f"groups: expected a multiple of {size} sequences, got {len(layout.sequences)}")
    prompts = [ids[row, own.positions[: own.first]].tolist() for row, own in enumerate(layout.sequences)]
    for row, prompt in enumerate(prompts):
        if prompt != prompts[row - row % size]:
            raise RequestError(f"groups: expected the same prompt of sequences {row - row % size} and {row}, got others")
