"""SkyRL's backend with signals: requests that ask for them go to the workers as such, and what comes back goes out."""

import math
from typing import Any
from uuid import uuid4

from skyrl.backends.skyrl_train.training_batch import TrainingInputBatch
from skyrl.backends.skyrl_train_backend import SkyRLTrainBackend
from skyrl.tinker import types

from fovea_skyrl.arrangement import Arrangement, without_groups
from fovea_skyrl.batches import (
    Results,
    Run,
    by_modality,
    part_of,
    refusal,
    refused,
    split_by_our_keys,
    without_our_keys,
    without_pairs,
)
from fovea_skyrl.errors import RequestError
from fovea_skyrl.images import ImageRenderer
from fovea_skyrl.request import SignalRequest, temperature_of
from fovea_skyrl.views import with_members, with_second_view
from fovea_skyrl.weight_names import DELTA
from fovea_skyrl.worker import SIGNALS, TEMPERATURE


class SignalBackend(SkyRLTrainBackend):
    """The FSDP backend. The `fovea.` keys of a `loss_fn_config` ask for signals and for a temperature."""

    _batch_metadata: dict[str, Any] = {}
    _signal_outputs: list[dict[str, Any]] | None = None
    _arrangement: Arrangement | None = None
    _dispatch: Any
    _renderer: Any

    def _split_model_pass_batch_by_model_id(
        self, prepared_batch: types.PreparedModelPassBatch
    ) -> list[types.PreparedModelPassBatch]:
        """One batch per model and per keys of ours, so that neither client of two pays for the other's."""
        by_model = super()._split_model_pass_batch_by_model_id(prepared_batch)
        return [part for batch in by_model for part in split_by_our_keys(batch)]

    def _forward_single_model_batch(self, prepared_batch: types.PreparedModelPassBatch) -> Results:
        return self._refusing_images(prepared_batch, self._forward_by_our_keys)

    def _forward_by_our_keys(self, prepared_batch: types.PreparedModelPassBatch) -> Results:
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
        faults = without_pairs(prepared_batch) if request.divergence else {}
        faults |= without_groups(prepared_batch, request) if request.group else {}
        slices = prepared_batch.request_batch_slices
        sound = [(name, model, list(range(a, b))) for name, model, a, b in slices if name not in faults]
        results: Results = {name: refusal(why) for name, why in faults.items()}
        if sound:
            together = max(request.group, 1) * (2 if request.divergence else 1)
            whole = part_of(prepared_batch, sound) if faults else prepared_batch
            results |= by_modality(whole, lambda part: self._signals_of(part, request), together)
        return results

    def _signals_of(self, batch: types.PreparedModelPassBatch, request: SignalRequest) -> Results:
        """All sequences of a batch: those that belong together on one worker, one after another."""
        dispatch, arrangement = self._dispatch, Arrangement.of(batch, request)
        self._dispatch, self._arrangement = RecordingDispatch(dispatch, self._keep_outputs), arrangement
        try:
            results = self._with_temperature(arrangement.leads, super()._forward_single_model_batch, {SIGNALS: request})
        finally:
            self._dispatch, self._arrangement = dispatch, None
        samples = self._signal_outputs or []
        for request_id, _, start, end in arrangement.leads.request_batch_slices:
            result = results[request_id]
            if isinstance(result, types.ErrorResponse):
                continue
            outputs = []
            for group, lead in zip(range(start, end), result.loss_fn_outputs, strict=True):
                outputs += arrangement.answers(group, lead, samples[group])
            results[request_id] = result.model_copy(update={"loss_fn_outputs": outputs})
        return results

    def _forward_backward_single_model_batch(self, prepared_batch: types.PreparedModelPassBatch) -> Results:
        return self._refusing_images(prepared_batch, self._forward_backward_by_our_keys)

    def _forward_backward_by_our_keys(self, prepared_batch: types.PreparedModelPassBatch) -> Results:
        config = prepared_batch.all_loss_fn_configs[0]
        try:
            request = SignalRequest.from_config(config)
        except RequestError as error:
            return refused(prepared_batch, str(error))
        if request is not None:
            return refused(prepared_batch, "signals: expected a forward request, got forward_backward")
        plain = super()._forward_backward_single_model_batch
        return by_modality(prepared_batch, lambda part: self._with_temperature(part, plain, {}))

    def _refusing_images(self, batch: types.PreparedModelPassBatch, run: Run) -> Results:
        """Runs a batch; a request with an image that cannot be rendered fails alone, and the others run again without it.

        Nothing is added to a gradient twice: sequences with images go before those of text (`by_modality`), and all images are
        rendered before any sequence runs.
        """
        try:
            return run(batch)
        except RequestError:
            faults = self._renderer.faults(batch) if isinstance(self._renderer, ImageRenderer) else {}
            if not faults:
                raise
            slices = batch.request_batch_slices
            sound = [(name, model, list(range(a, b))) for name, model, a, b in slices if name not in faults]
            results: Results = {name: refusal(why) for name, why in faults.items()}
            return results | (run(part_of(batch, sound)) if sound else {})

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
        arrangement = self._arrangement
        if arrangement is None:
            batch = super()._to_training_batch(prepared_batch, role)
        else:
            batch = super()._to_training_batch(without_our_keys(arrangement.firsts), role)
            if arrangement.seconds is not None:
                second = super()._to_training_batch(without_our_keys(arrangement.seconds), role)
                batch = with_second_view(batch, second)
            batch = with_members(batch, arrangement.size)
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
