"""SkyRL's backend with signals: requests that ask for them go to the workers as such, and what comes back goes out."""

import math
from typing import Any
from uuid import uuid4

from skyrl.backends.skyrl_train.training_batch import TrainingInputBatch
from skyrl.backends.skyrl_train_backend import SkyRLTrainBackend
from skyrl.tinker import types

from fovea_skyrl.batches import (
    Results,
    Run,
    by_modality,
    part_of,
    refusal,
    refused,
    split_by_our_keys,
    view_of,
    without_our_keys,
    without_pairs,
)
from fovea_skyrl.errors import RequestError
from fovea_skyrl.images import ImageRenderer
from fovea_skyrl.request import SignalRequest, temperature_of
from fovea_skyrl.weight_names import DELTA
from fovea_skyrl.worker import OUTPUT, SECOND_VIEW, SIGNALS, TEMPERATURE


class SignalBackend(SkyRLTrainBackend):
    """The FSDP backend. The `fovea.` keys of a `loss_fn_config` ask for signals and for a temperature."""

    _batch_metadata: dict[str, Any] = {}
    _signal_outputs: list[dict[str, Any]] | None = None
    _second_views: types.PreparedModelPassBatch | None = None
    _dispatch: Any
    _renderer: Any

    def _split_model_pass_batch_by_model_id(
        self, prepared_batch: types.PreparedModelPassBatch
    ) -> list[types.PreparedModelPassBatch]:
        """One batch per model and per keys of ours, so that neither client of two pays for the other's."""
        by_model = super()._split_model_pass_batch_by_model_id(prepared_batch)
        return [part for batch in by_model for part in split_by_our_keys(batch)]

    def _forward_single_model_batch(self, prepared_batch: types.PreparedModelPassBatch) -> Results:
        config = prepared_batch.all_loss_fn_configs[0]
        try:
            request = SignalRequest.from_config(config)
        except RequestError as error:
            return refused(prepared_batch, str(error))
        if request is None:
            plain = super()._forward_single_model_batch
            return by_modality(prepared_batch, lambda part: self._with_temperature(part, plain, {}))
        if self._get_batch_role(prepared_batch.all_model_ids) != "policy":
            return refused(prepared_batch, "signals: expected a policy model, got a critic")
        if not request.divergence:
            return by_modality(prepared_batch, lambda part: self._signals_of(part, request))
        faults = without_pairs(prepared_batch)
        slices = prepared_batch.request_batch_slices
        sound = [(name, model, list(range(a, b))) for name, model, a, b in slices if name not in faults]
        results: Results = {name: refusal(why) for name, why in faults.items()}
        if sound:
            pairs = part_of(prepared_batch, sound)
            results |= by_modality(pairs, lambda part: self._signals_of_pairs(part, request), views=2)
        return results

    def _signals_of_pairs(self, batch: types.PreparedModelPassBatch, request: SignalRequest) -> Results:
        """First views with the signals and what a comparison gives, each followed by the log-probs of its second view."""
        self._second_views = without_our_keys(view_of(batch, True))
        try:
            results = self._signals_of(view_of(batch, False), request)
        finally:
            self._second_views = None
        for request_id, result in results.items():
            if isinstance(result, types.ErrorResponse):
                continue
            pairs = [each for one in result.loss_fn_outputs for each in (one, {"logprobs": one["ablated_logprobs"]})]
            results[request_id] = result.model_copy(update={"loss_fn_outputs": pairs})
        return results

    def _signals_of(self, batch: types.PreparedModelPassBatch, request: SignalRequest) -> Results:
        dispatch = self._dispatch
        self._dispatch = RecordingDispatch(dispatch, self._keep_outputs)
        try:
            results = self._with_temperature(batch, super()._forward_single_model_batch, {SIGNALS: request})
        finally:
            self._dispatch = dispatch
        samples = self._signal_outputs or []
        for request_id, _, start, end in batch.request_batch_slices:
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
        plain = super()._forward_backward_single_model_batch
        return by_modality(prepared_batch, lambda part: self._with_temperature(part, plain, {}))

    def _with_temperature(self, batch: types.PreparedModelPassBatch, run: Run, metadata: dict[str, Any]) -> Results:
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
        if self._second_views is not None:
            for name, tensors in super()._to_training_batch(self._second_views, role).items():
                batch[SECOND_VIEW + name] = tensors
        batch.metadata |= self._batch_metadata
        return batch

    def init_weight_sync_state(self) -> None:
        """Gives each model folders of its own for delta sync, whose versions begin anew with a model.

        SkyRL 0.4.0 uses the same ones again, and the samplers refuse version 1 of a second model as older than what they have.
        """
        engine = self._cfg.generator.inference_engine
        if engine.weight_sync_backend == DELTA:
            own = uuid4().hex
            for name in ("sync_dir", "local_checkpoint_dir", "publish_staging_dir"):
                folder = getattr(engine.delta_weight_sync, name)
                if folder:
                    setattr(engine.delta_weight_sync, name, f"{folder.rstrip('/')}/{own}")
        super().init_weight_sync_state()

    def optim_step(self, model_id: str, request_data: types.OptimStepInput) -> types.OptimStepOutput:
        if self._get_role(model_id) == "policy":
            adam = request_data.adam_params
            self._dispatch.set_adam((adam.beta1, adam.beta2), adam.eps, adam.weight_decay)
        output = super().optim_step(model_id, request_data)
        norm = output.metrics.get("skyrl.ai/grad_norm")
        # SkyRL leaves out the step of a gradient that is not finite, and says so in a log alone.
        return output.model_copy(update={"metrics": output.metrics | {"applied": float(norm is None or math.isfinite(norm))}})

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
