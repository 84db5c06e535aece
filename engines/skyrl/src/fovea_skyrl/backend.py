"""SkyRL's backend with signals: requests that ask for them go to the workers as such, and what comes back goes out."""

from typing import Any

from skyrl.backends.skyrl_train.training_batch import TrainingInputBatch
from skyrl.backends.skyrl_train_backend import SkyRLTrainBackend
from skyrl.tinker import types

from fovea_skyrl.errors import RequestError
from fovea_skyrl.request import PREFIX, SignalRequest
from fovea_skyrl.worker import METADATA, OUTPUT

Results = dict[str, types.ForwardBackwardOutput | types.ErrorResponse]


class SignalBackend(SkyRLTrainBackend):
    """The FSDP backend. A `forward` asks for signals by the `fovea.` keys of its `loss_fn_config`."""

    _signal_request: SignalRequest | None = None
    _signal_outputs: list[dict[str, Any]] | None = None
    _dispatch: Any

    def _split_model_pass_batch_by_model_id(
        self, prepared_batch: types.PreparedModelPassBatch
    ) -> list[types.PreparedModelPassBatch]:
        """One batch per model and per request for signals, so that neither client of two pays for the other's."""
        by_model = super()._split_model_pass_batch_by_model_id(prepared_batch)
        return [part for batch in by_model for part in split_by_signals(batch)]

    def _forward_single_model_batch(self, prepared_batch: types.PreparedModelPassBatch) -> Results:
        try:
            request = SignalRequest.from_config(prepared_batch.all_loss_fn_configs[0])
        except RequestError as error:
            return refused(prepared_batch, str(error))
        if request is None:
            return super()._forward_single_model_batch(prepared_batch)
        if self._get_batch_role(prepared_batch.all_model_ids) != "policy":
            return refused(prepared_batch, "signals: expected a policy model, got a critic")
        self._signal_request = request
        dispatch = self._dispatch
        self._dispatch = RecordingDispatch(dispatch, self._keep_outputs)
        try:
            results = super()._forward_single_model_batch(prepared_batch)
        finally:
            self._dispatch = dispatch
            self._signal_request = None
        samples = self._signal_outputs or []
        for request_id, _, start, end in prepared_batch.request_batch_slices:
            for output, sample in zip(results[request_id].loss_fn_outputs, samples[start:end], strict=True):
                output.update(sample[OUTPUT])
        return results

    def _forward_backward_single_model_batch(self, prepared_batch: types.PreparedModelPassBatch) -> Results:
        if signal_items(prepared_batch.all_loss_fn_configs[0]):
            return refused(prepared_batch, "signals: expected a forward request, got forward_backward")
        return super()._forward_backward_single_model_batch(prepared_batch)

    def _to_training_batch(self, prepared_batch: types.PreparedModelPassBatch, role: str) -> TrainingInputBatch:
        batch = super()._to_training_batch(prepared_batch, role)
        if self._signal_request is not None:
            batch.metadata[METADATA] = self._signal_request
        return batch

    def _keep_outputs(self, outputs: list[dict[str, Any]]) -> None:
        self._signal_outputs = outputs


class RecordingDispatch:
    """A dispatch that hands on what `forward` returned for each sample; all else is the wrapped one's."""

    def __init__(self, dispatch: Any, keep: Any) -> None:
        self._wrapped, self._keep = dispatch, keep

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wrapped, name)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        result = self._wrapped.forward(*args, **kwargs)
        self._keep(result.loss_fn_outputs)
        return result


def signal_items(config: dict[str, float] | None) -> tuple[tuple[str, float], ...]:
    return tuple(sorted((key, value) for key, value in (config or {}).items() if key.startswith(PREFIX)))


def split_by_signals(batch: types.PreparedModelPassBatch) -> list[types.PreparedModelPassBatch]:
    """Batches whose requests ask for the same signals, in the order of their first request."""
    groups: dict[tuple[tuple[str, float], ...], list[tuple[str, str, int, int]]] = {}
    empty = []
    for each in batch.request_batch_slices:
        _, _, start, end = each
        if start < end:
            groups.setdefault(signal_items(batch.all_loss_fn_configs[start]), []).append(each)
        else:
            empty.append(each)
    if len(groups) <= 1:
        return [batch]
    first, *others = groups.values()
    return [part_of(batch, slices) for slices in (first + empty, *others)]


def part_of(
    batch: types.PreparedModelPassBatch, slices: list[tuple[str, str, int, int]]
) -> types.PreparedModelPassBatch:
    """The named requests of a batch, renumbered."""
    fields = [name for name in type(batch).model_fields if name.startswith("all_")]
    rows = [row for _, _, start, end in slices for row in range(start, end)]
    kept: dict[str, Any] = {name: [getattr(batch, name)[row] for row in rows] for name in fields}
    renumbered, at = [], 0
    for request_id, model_id, start, end in slices:
        renumbered.append((request_id, model_id, at, at + end - start))
        at += end - start
    return batch.model_copy(update=kept | {"request_batch_slices": renumbered})


def refused(batch: types.PreparedModelPassBatch, why: str) -> Results:
    return {
        request_id: types.ErrorResponse(error=why, status="failed") for request_id, *_ in batch.request_batch_slices
    }
