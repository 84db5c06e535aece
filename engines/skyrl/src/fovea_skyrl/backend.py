"""SkyRL's backend with signals: requests that ask for them go to the workers as such, and what comes back goes out."""

import math
from collections.abc import Callable
from typing import Any

from skyrl.backends.skyrl_train.training_batch import TrainingInputBatch
from skyrl.backends.skyrl_train_backend import SkyRLTrainBackend
from skyrl.tinker import types

from fovea_skyrl.errors import RequestError
from fovea_skyrl.images import ImageRenderer
from fovea_skyrl.request import PREFIX, SignalRequest, temperature_of
from fovea_skyrl.worker import OUTPUT, SIGNALS, TEMPERATURE

Results = dict[str, types.ForwardBackwardOutput | types.ErrorResponse]
Single = Callable[[types.PreparedModelPassBatch], Results]


class SignalBackend(SkyRLTrainBackend):
    """The FSDP backend. The `fovea.` keys of a `loss_fn_config` ask for signals and for a temperature."""

    _batch_metadata: dict[str, Any] = {}
    _signal_outputs: list[dict[str, Any]] | None = None
    _dispatch: Any
    _renderer: Any

    def _split_model_pass_batch_by_model_id(
        self, prepared_batch: types.PreparedModelPassBatch
    ) -> list[types.PreparedModelPassBatch]:
        """One batch per model and per keys of ours, so that neither client of two pays for the other's."""
        by_model = super()._split_model_pass_batch_by_model_id(prepared_batch)
        return [part for batch in by_model for part in split_by_signals(batch)]

    def _forward_single_model_batch(self, prepared_batch: types.PreparedModelPassBatch) -> Results:
        config = prepared_batch.all_loss_fn_configs[0]
        try:
            request = SignalRequest.from_config(config)
        except RequestError as error:
            return refused(prepared_batch, str(error))
        if request is None:
            return self._with_temperature(prepared_batch, super()._forward_single_model_batch, {})
        if self._get_batch_role(prepared_batch.all_model_ids) != "policy":
            return refused(prepared_batch, "signals: expected a policy model, got a critic")
        dispatch = self._dispatch
        self._dispatch = RecordingDispatch(dispatch, self._keep_outputs)
        try:
            results = self._with_temperature(
                prepared_batch, super()._forward_single_model_batch, {SIGNALS: request}
            )
        finally:
            self._dispatch = dispatch
        samples = self._signal_outputs or []
        for request_id, _, start, end in prepared_batch.request_batch_slices:
            result = results[request_id]
            if isinstance(result, types.ErrorResponse):
                continue
            for output, sample in zip(result.loss_fn_outputs, samples[start:end], strict=True):
                output.update(sample[OUTPUT])
        return results

    def _forward_backward_single_model_batch(self, prepared_batch: types.PreparedModelPassBatch) -> Results:
        config = prepared_batch.all_loss_fn_configs[0]
        try:
            request = SignalRequest.from_config(config)
        except RequestError as error:
            return refused(prepared_batch, str(error))
        if request is not None:
            return refused(prepared_batch, "signals: expected a forward request, got forward_backward")
        return self._with_temperature(prepared_batch, super()._forward_backward_single_model_batch, {})

    def _with_temperature(self, batch: types.PreparedModelPassBatch, run: Single, metadata: dict[str, Any]) -> Results:
        """Runs a batch at the temperature that it asks for; SkyRL's own code never sees our keys."""
        try:
            temperature = temperature_of(batch.all_loss_fn_configs[0])
        except RequestError as error:
            return refused(batch, str(error))
        self._batch_metadata = metadata | ({} if temperature is None else {TEMPERATURE: temperature})
        try:
            return run(without_our_keys(batch))
        finally:
            self._batch_metadata = {}

    def _to_training_batch(self, prepared_batch: types.PreparedModelPassBatch, role: str) -> TrainingInputBatch:
        if not isinstance(self._renderer, ImageRenderer):
            self._renderer = ImageRenderer(self._cfg.trainer.policy.model.path)
        batch = super()._to_training_batch(prepared_batch, role)
        batch.metadata |= self._batch_metadata
        return batch

    def optim_step(self, model_id: str, request_data: types.OptimStepInput) -> types.OptimStepOutput:
        if self._get_role(model_id) == "policy":
            adam = request_data.adam_params
            self._dispatch.set_adam((adam.beta1, adam.beta2), adam.eps, adam.weight_decay)
        output = super().optim_step(model_id, request_data)
        norm = output.metrics.get("skyrl.ai/grad_norm")
        # SkyRL leaves out the step of a gradient that is not finite, and says so in a log alone.
        return output.model_copy(
            update={"metrics": output.metrics | {"applied": float(norm is None or math.isfinite(norm))}}
        )

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


def our_items(config: dict[str, float] | None) -> tuple[tuple[str, float], ...]:
    return tuple(sorted((key, value) for key, value in (config or {}).items() if key.startswith(PREFIX)))


def without_our_keys(batch: types.PreparedModelPassBatch) -> types.PreparedModelPassBatch:
    configs = [
        {key: value for key, value in (config or {}).items() if not key.startswith(PREFIX)} or None
        for config in batch.all_loss_fn_configs
    ]
    return batch.model_copy(update={"all_loss_fn_configs": configs})


def split_by_signals(batch: types.PreparedModelPassBatch) -> list[types.PreparedModelPassBatch]:
    """Batches whose requests have the same keys of ours, in the order of their first request."""
    groups: dict[tuple[tuple[str, float], ...], list[tuple[str, str, int, int]]] = {}
    empty = []
    for each in batch.request_batch_slices:
        _, _, start, end = each
        if start < end:
            groups.setdefault(our_items(batch.all_loss_fn_configs[start]), []).append(each)
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
    fields = [name for name in type(batch).model_fields if name.startswith("all_") and getattr(batch, name)]
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
