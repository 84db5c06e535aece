"""SkyRL's policy worker with signals: a forward pass whose batch asks for them returns them beside log-probs."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from skyrl.backends.skyrl_train.distributed.dispatch import WorkerOutput
from skyrl.backends.skyrl_train.training_batch import TrainingInputBatch
from skyrl.backends.skyrl_train.workers.fsdp.fsdp_worker import FSDPPolicyWorkerBase
from skyrl.backends.skyrl_train.workers.model_wrapper import HFModelWrapper
from skyrl.backends.skyrl_train.workers.worker_utils import TokenBasedBatchIterator, get_microbatch_iterator
from torch import Tensor

from fovea_skyrl.capture import SignalCapture, Signals
from fovea_skyrl.distributions import distribution_signals, divergence_signals
from fovea_skyrl.errors import ShardedSequenceError
from fovea_skyrl.hidden_images import HiddenImages
from fovea_skyrl.layout import BatchLayout
from fovea_skyrl.request import DIVERGENCE_SIGNALS, SignalRequest
from fovea_skyrl.wire import GRAM, encoded

SIGNALS = "fovea_signals"
"""Where a batch's metadata holds its SignalRequest."""
TEMPERATURE = "fovea_temperature"
"""Where it holds the temperature of its log-probs."""
SECOND_VIEW = "fovea_second_"
"""What the names of a second view's tensors begin with, in a batch of first views."""
OUTPUT = "fovea"
"""Where a sample's output holds its signals, as they go on the wire."""


class SignalPolicyWorker(FSDPPolicyWorkerBase):
    """The FSDP policy worker; batches without our metadata are treated as they were."""

    def forward(self, data: TrainingInputBatch, *args: Any, **options: Any) -> WorkerOutput:
        with self._temperature_of(data):
            request = (data.metadata or {}).get(SIGNALS)
            if request is None:
                return super().forward(data, *args, **options)
            return self._forward_with_signals(data, request)

    def forward_backward(self, data: TrainingInputBatch, *args: Any, **options: Any) -> WorkerOutput:
        with self._temperature_of(data):
            return super().forward_backward(data, *args, **options)

    def set_adam(self, betas: tuple[float, float], eps: float, weight_decay: float) -> None:
        """What SkyRL fixes when it makes the optimiser, although every `optim_step` names it."""
        for group in self.optimizer.param_groups:
            group |= {"betas": betas, "eps": eps, "weight_decay": weight_decay}

    @contextmanager
    def _temperature_of(self, data: TrainingInputBatch) -> Iterator[None]:
        algorithm = self.cfg.algorithm
        usual = algorithm.temperature
        algorithm.temperature = (data.metadata or {}).get(TEMPERATURE) or usual
        try:
            yield
        finally:
            algorithm.temperature = usual

    def _forward_with_signals(self, data: TrainingInputBatch, request: SignalRequest) -> WorkerOutput:
        refuse_sharding(self.model)
        batches = get_microbatch_iterator(
            data,
            micro_batch_size=self.cfg.micro_forward_batch_size_per_gpu,
            max_tokens_per_microbatch=self.cfg.max_tokens_per_microbatch,
        )
        self.model.eval()
        temperature = self.cfg.algorithm.temperature
        passes = [forward_with_signals(self.model, batch, request, temperature) for batch in batches]
        by_tokens = isinstance(batches, TokenBasedBatchIterator)
        outputs = batches.reorder_and_combine_items(passes) if by_tokens else [one for some in passes for one in some]
        return WorkerOutput(loss_fn_outputs=outputs, metrics={})


def refuse_sharding(model: HFModelWrapper) -> None:
    """Raises ShardedSequenceError where SkyRL's options split or pack sequences."""
    if model.sequence_parallel_size > 1:
        raise ShardedSequenceError(
            f"trainer.policy.sequence_parallel_size: expected 1 where signals are asked for, got "
            f"{model.sequence_parallel_size}; with sequence parallelism no rank has all keys of a sequence"
        )
    if model.remove_microbatch_padding:
        raise ShardedSequenceError("trainer.remove_microbatch_padding: expected false where signals are asked for, got true")


@torch.no_grad()
def forward_with_signals(
    model: HFModelWrapper, batch: TrainingInputBatch, request: SignalRequest, temperature: float
) -> list[dict[str, Any]]:
    """One micro-batch: log-probs [T] of each sample, and under `fovea` its signals."""
    device = torch.device("cuda", torch.cuda.current_device()) if torch.cuda.is_available() else torch.device("cpu")
    batch.to(device)
    passes = passed(model, batch, request, temperature, request.hides("first"))
    if request.divergence:
        entropy_alone = SignalRequest(entropy=True)
        seconds = passed(model, second_view(batch), entropy_alone, temperature, request.hides("second"), keeps_logits=True)
        for own, other in zip(passes, seconds, strict=True):
            own.signals.update(divergence_signals(own.logits, other.logits))
            own.signals.update({"ablated_logprobs": other.logprobs, "ablated_entropy": other.signals["entropy"]})
    return [{"logprobs": each.logprobs.tolist(), OUTPUT: encoded(each.signals)} for each in passes]


@dataclass(frozen=True)
class Passed:
    """One completion in one view."""

    logprobs: Tensor
    """[T] nats."""
    signals: Signals
    logits: Tensor | None
    """[T, V] divided by the temperature; none unless two views are compared."""


def passed(
    model: HFModelWrapper,
    batch: TrainingInputBatch,
    request: SignalRequest,
    temperature: float,
    hides_images: bool,
    keeps_logits: bool = False,
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
        HiddenImages(model.model, layout) if hides_images else nullcontext(),
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
        kept = logits if keeps_logits or request.divergence else None
        found.append(Passed(logprobs[index, first:], signals, kept))
    return found


def second_view(batch: TrainingInputBatch) -> TrainingInputBatch:
    """The second views of a batch's completions; of a padding batch, which has none, the batch again.

    Every rank must run as many passes as the others.
    """
    if SECOND_VIEW + "sequences" not in batch:
        return batch
    names = ("sequences", "attention_mask", "response_mask", "pixel_values", "image_grid_thw")
    second = TrainingInputBatch({name: batch[SECOND_VIEW + name] for name in names if SECOND_VIEW + name in batch})
    second.metadata = batch.metadata
    return second


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
