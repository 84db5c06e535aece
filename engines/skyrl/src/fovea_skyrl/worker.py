"""SkyRL's policy worker with signals: a forward pass whose batch asks for them returns them beside log-probs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from skyrl.backends.skyrl_train.distributed.dispatch import WorkerOutput
from skyrl.backends.skyrl_train.training_batch import TrainingInputBatch
from skyrl.backends.skyrl_train.workers.fsdp.fsdp_worker import FSDPPolicyWorkerBase
from skyrl.backends.skyrl_train.workers.model_wrapper import HFModelWrapper
from skyrl.backends.skyrl_train.workers.worker_utils import TokenBasedBatchIterator, get_microbatch_iterator

from fovea_skyrl.errors import ShardedSequenceError
from fovea_skyrl.passes import forward_with_signals
from fovea_skyrl.request import SignalRequest

SIGNALS = "fovea_signals"
"""Where a batch's metadata holds its SignalRequest."""
TEMPERATURE = "fovea_temperature"
"""Where it holds the temperature of its log-probs."""


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
