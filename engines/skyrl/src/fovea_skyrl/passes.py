"""Forward passes of SkyRL's model wrapper over a micro-batch that ask for signals."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from skyrl.backends.skyrl_train.training_batch import TrainingInputBatch
from skyrl.backends.skyrl_train.workers.model_wrapper import HFModelWrapper
from torch import Tensor

from fovea_skyrl.capture import SignalCapture, Signals
from fovea_skyrl.changed_images import changed_images
from fovea_skyrl.distributions import distribution_signals, divergence_signals
from fovea_skyrl.group_divergence import GroupDivergence
from fovea_skyrl.layout import BatchLayout
from fovea_skyrl.request import DIVERGENCE_SIGNALS, GROUP_SIGNAL, SignalRequest
from fovea_skyrl.views import members_of, second_view
from fovea_skyrl.wire import GRAM, encoded

OUTPUT = "fovea"
"""Where a sample's output holds its signals, as they go on the wire."""
MEMBERS = "fovea_members"
"""Where the output of a group's first member holds those of its further members."""

Around = Callable[[BatchLayout], AbstractContextManager[Any]]
"""What is open during a pass over a layout."""


@torch.no_grad()
def forward_with_signals(
    model: HFModelWrapper, batch: TrainingInputBatch, request: SignalRequest, temperature: float
) -> list[dict[str, Any]]:
    """One micro-batch: log-probs [T] of each sample, under `fovea` its signals, under `fovea_members` the same of its group."""
    device = torch.device("cuda", torch.cuda.current_device()) if torch.cuda.is_available() else torch.device("cpu")
    batch.to(device)
    if request.group == 0:
        alone = in_all_views(model, batch, request, temperature, partial(changed_images, model.model, request, "first"))
        return [output_of(each) for each in alone]
    groups = GroupDivergence(model.model, temperature)

    @contextmanager
    def around(ends: bool, layout: BatchLayout) -> Iterator[None]:
        places = range(len(layout.sequences))
        with changed_images(model.model, request, "first", layout), groups.reading(layout, places, ends):
            yield

    members = [
        in_all_views(model, member, request, temperature, partial(around, number == request.group))
        for number, member in enumerate(members_of(batch, request.group), start=1)
    ]
    for each in members:
        for group, own in enumerate(each):
            own.signals[GROUP_SIGNAL] = groups.of(group, own.logprobs.shape[0])
    return [output_of(first) | {MEMBERS: [output_of(each) for each in others]} for first, *others in zip(*members, strict=True)]


@dataclass
class Passed:
    """One completion in one view."""

    logprobs: Tensor
    """[T] nats."""
    signals: Signals
    logits: Tensor | None
    """[T, V] divided by the temperature; none unless two views are compared."""


def output_of(own: Passed) -> dict[str, Any]:
    """What a worker returns of a completion."""
    return {"logprobs": own.logprobs.tolist(), OUTPUT: encoded(own.signals)}


def in_all_views(
    model: HFModelWrapper, batch: TrainingInputBatch, request: SignalRequest, temperature: float, around: Around
) -> list[Passed]:
    """First views with their signals, and with what a comparison with the second ones gives.

    around: of the pass over the first views
    """
    passes = passed(model, batch, request, temperature, around, keeps_logits=request.divergence)
    if request.divergence:
        hidden = partial(changed_images, model.model, request, "second")
        seconds = passed(model, second_view(batch), SignalRequest(entropy=True), temperature, hidden, keeps_logits=True)
        for own, other in zip(passes, seconds, strict=True):
            own.signals.update(divergence_signals(own.logits, other.logits))
            own.signals.update({"ablated_logprobs": other.logprobs, "ablated_entropy": other.signals["entropy"]})
            own.logits = None
    return passes


def passed(
    model: HFModelWrapper,
    batch: TrainingInputBatch,
    request: SignalRequest,
    temperature: float,
    around: Around,
    keeps_logits: bool,
) -> list[Passed]:
    """A forward pass of one view of a micro-batch."""
    width = batch.metadata["response_length"]
    lengths = BatchLayout.lengths_of(batch["response_mask"])
    # A padding batch of SkyRL's token-based batches marks one token alone as real: it has no completion.
    real = [min(n, int(mask.sum()) - 1) for n, mask in zip(lengths, batch["attention_mask"], strict=True)]
    layout = BatchLayout.of(batch["sequences"], batch["attention_mask"], real, model.model.config.image_token_id)
    device = batch["sequences"].device.type
    with (
        torch.autocast(device, torch.bfloat16, enabled=device == "cuda"),
        around(layout),
        SignalCapture(model.model, request, layout) as capture,
    ):
        logprobs, output = model(
            batch["sequences"],
            width,
            attention_mask=batch["attention_mask"],
            temperature=temperature,
            return_output=True,
            compute_entropy=request.entropy,
            entropy_requires_grad=False,
            pixel_values=batch.get("pixel_values"),
            image_grid_thw=batch.get("image_grid_thw"),
        )
    found = []
    for index, (sequence, signals) in enumerate(zip(layout.sequences, capture.signals, strict=True)):
        first = width - sequence.length
        if request.entropy:
            signals |= {"entropy": output["entropy"][:, -width - 1 : -1].float()[index, first:]}
        logits = None
        if keeps_logits or request.reads_distributions:
            # The wrapper has divided them by the temperature, and each row predicts the token after it.
            logits = output["logits"][index, sequence.predicting]
            signals |= distribution_signals(logits, request)
        if sequence.length == 0:
            signals = {name: nothing(name, request) for name in request.names if name not in DIVERGENCE_SIGNALS}
        found.append(Passed(logprobs[index, first:], signals, logits if keeps_logits else None))
    return found


def nothing(name: str, request: SignalRequest) -> Tensor:
    """A signal of a completion without tokens."""
    dtype = torch.int64 if name in ("clusters", "clusters_neighbours", "alternatives") else torch.float32
    if name == GRAM:
        return torch.zeros(0, 0)
    if name in ("alternatives", "alternative_logprobs"):
        return torch.zeros(0, request.alternatives, dtype=dtype)
    if name in ("clusters_neighbours", "clusters_neighbour_cosines"):
        clusters = request.calibrated and request.calibrated.clusters
        return torch.zeros(0, clusters.neighbours if clusters else 0, dtype=dtype)
    return torch.zeros(0, dtype=dtype)
