"""SkyRL's policy worker with signals: a forward pass whose batch asks for them returns them beside log-probs."""

from typing import Any

import torch
from skyrl.backends.skyrl_train.distributed.dispatch import WorkerOutput
from skyrl.backends.skyrl_train.training_batch import TrainingInputBatch, TrainingOutputBatch
from skyrl.backends.skyrl_train.workers.fsdp.fsdp_worker import FSDPPolicyWorkerBase
from skyrl.backends.skyrl_train.workers.model_wrapper import HFModelWrapper
from skyrl.backends.skyrl_train.workers.worker_utils import get_microbatch_iterator
from torch import Tensor

from fovea_skyrl.capture import SignalCapture, Signals
from fovea_skyrl.errors import ShardedSequenceError
from fovea_skyrl.layout import BatchLayout
from fovea_skyrl.request import SignalRequest
from fovea_skyrl.wire import encoded

METADATA = "fovea_signals"
"""Where a batch's metadata holds its SignalRequest."""
OUTPUT = "fovea"
"""Where a sample's output holds its signals, as they go on the wire."""


class SignalPolicyWorker(FSDPPolicyWorkerBase):
    """The FSDP policy worker; everything but such a forward pass is as it was."""

    def forward(
        self, data: TrainingInputBatch, loss_fn: str | None = None, loss_fn_config: dict[str, Any] | None = None
    ) -> WorkerOutput:
        request = (data.metadata or {}).get(METADATA)
        if request is None:
            return super().forward(data, loss_fn=loss_fn, loss_fn_config=loss_fn_config)
        refuse_sharding(self.model)
        batches = get_microbatch_iterator(
            data,
            micro_batch_size=self.cfg.micro_forward_batch_size_per_gpu,
            max_tokens_per_microbatch=self.cfg.max_tokens_per_microbatch,
        )
        self.model.eval()
        temperature = self.cfg.algorithm.temperature
        passes = [forward_with_signals(self.model, batch, request, temperature) for batch in batches]
        combined = batches.reorder_and_combine_batches(passes)
        packs_gram = request.calibrated is not None and request.calibrated.packs_gram
        return WorkerOutput(loss_fn_outputs=sample_outputs(combined, packs_gram), metrics={})


def refuse_sharding(model: HFModelWrapper) -> None:
    """Raises ShardedSequenceError where SkyRL's options split or pack sequences."""
    if model.sequence_parallel_size > 1:
        raise ShardedSequenceError(
            f"trainer.policy.sequence_parallel_size: expected 1 where signals are asked for, got "
            f"{model.sequence_parallel_size}; with sequence parallelism no rank has all keys of a sequence"
        )
    if model.remove_microbatch_padding:
        raise ShardedSequenceError(
            "trainer.remove_microbatch_padding: expected false where signals are asked for, got true"
        )


@torch.no_grad()
def forward_with_signals(
    model: HFModelWrapper, batch: TrainingInputBatch, request: SignalRequest, temperature: float
) -> TrainingOutputBatch:
    """One micro-batch: `output` holds log-probs [B, T_max], `lengths` each T, and each signal is [B, T_max] too.

    As in SkyRL's own output the numbers of a shorter completion stand at the right end of its row; `gram` is
    [B, T_max, T_max], filled at its lower right.
    """
    device = torch.device("cuda", torch.cuda.current_device()) if torch.cuda.is_available() else torch.device("cpu")
    batch.to(device)
    width = batch.metadata["response_length"]
    lengths = BatchLayout.lengths_of(batch["response_mask"])
    # A padding batch of SkyRL's token-based batches marks one token alone as real: it has no completion.
    real = [min(n, int(mask.sum()) - 1) for n, mask in zip(lengths, batch["attention_mask"], strict=True)]
    layout = BatchLayout.of(batch["sequences"], batch["attention_mask"], real, model.model.config.image_token_id)
    with (
        torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"),
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
            **images_of(batch),
        )
    signals = list(capture.signals)
    if request.entropy:
        entropy = output["entropy"][:, -width - 1 : -1].float()
        signals = [each | {"entropy": entropy[i, width - real[i] :]} for i, each in enumerate(signals)]
    filled = {
        name: torch.stack([right_aligned(each.get(name), width, name) for each in signals]) for name in request.names
    }
    result = TrainingOutputBatch({"output": logprobs.cpu(), "lengths": torch.tensor(real), **filled})
    result.metadata = batch.metadata
    return result


def images_of(batch: TrainingInputBatch) -> dict[str, Any]:
    """Pixels and grids; None of them where a micro-batch of a batch with images has none, as the vision tower needs."""
    images = {name: batch.get(name) for name in ("pixel_values", "image_grid_thw")}
    grids = images["image_grid_thw"]
    has_images = grids is not None and any(each.shape[0] > 0 for each in grids.tensors)
    return images if has_images else dict.fromkeys(images)


def right_aligned(values: Tensor | None, width: int, name: str) -> Tensor:
    """[width] or, of a Gram matrix, [width, width], on the host; zeros left of the values."""
    whole = torch.zeros((width, width) if name == "gram" else (width,))
    if values is not None and values.shape[0] > 0:
        n = values.shape[0]
        whole[(slice(-n, None),) * values.dim()] = values.float().cpu()
    return whole


def sample_outputs(combined: TrainingOutputBatch, packs_gram: bool) -> list[dict[str, Any]]:
    """Log-probs as SkyRL's worker returns them, and under `fovea` the signals of each sample's own T tokens."""
    names = [name for name in combined if name not in ("output", "lengths")]
    outputs = []
    for index, length in enumerate(combined["lengths"].tolist()):
        signals: Signals = {name: trimmed(combined[name][index], length) for name in names}
        outputs.append({"logprobs": combined["output"][index].tolist(), OUTPUT: encoded(signals, packs_gram)})
    return outputs


def trimmed(values: Tensor, length: int) -> Tensor:
    start = values.shape[0] - length
    return values[(slice(start, None),) * values.dim()]
