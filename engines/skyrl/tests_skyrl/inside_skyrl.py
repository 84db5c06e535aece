"""Recorded cases as SkyRL's batches, and SkyRL's worker and backend in this process instead of behind Ray."""

import io
from types import SimpleNamespace
from typing import Any

import numpy
import reference
import torch
from families import group_of, in_view
from PIL import Image
from recorded import END_OF_TEXT, FIXTURES, read
from skyrl.backends.skyrl_train.training_batch import TensorList, TrainingInputBatch
from skyrl.backends.skyrl_train.workers.model_wrapper import HFModelWrapper
from tinker.proto import tinker_public_pb2 as pb

from fovea_skyrl.backend import SignalBackend
from fovea_skyrl.images import ImageRenderer
from fovea_skyrl.views import with_members
from fovea_skyrl.worker import SIGNALS, SignalPolicyWorker

CHECKPOINT = "untied-gqa"
TEMPERATURE = 0.8
IMAGE = read(f"model/{CHECKPOINT}.json")["specialTokens"]["image_pad"]


def sequences_of(case: str) -> list[dict[str, Any]]:
    return read(f"model/{CHECKPOINT}.json")["cases"][case]["sequences"]


def run_together(case: str) -> list[int]:
    """Sequences that the backend would run in one batch: those with images, where there are any."""
    with_images = [
        index for index, each in enumerate(sequences_of(case)) if any(chunk["kind"] == "image" for chunk in each["prompt"])
    ]
    return with_images or list(range(len(sequences_of(case))))


def wrapper() -> HFModelWrapper:
    return HFModelWrapper(str(FIXTURES / "model" / CHECKPOINT), use_flash_attention_2=False, bf16=False)


def worker(micro_batch_size: int = 2, max_tokens: int = -1, model: HFModelWrapper | None = None) -> SignalPolicyWorker:
    """A worker without its process group, its optimiser and its device."""
    made = SignalPolicyWorker.__new__(SignalPolicyWorker)
    made.model = model or wrapper()
    made.cfg = SimpleNamespace(
        micro_forward_batch_size_per_gpu=micro_batch_size,
        max_tokens_per_microbatch=max_tokens,
        algorithm=SimpleNamespace(temperature=TEMPERATURE, enable_sample_support_replay=False),
    )
    return made


def training_batch(case: str, request: Any, ablation: str | None = None) -> TrainingInputBatch:
    """A case as SkyRL's backend lays batches out: all padded on the left, masks of the completion to the right."""
    sequences = [sequences_of(case)[index] for index in run_together(case)]
    return batch_of(sequences if ablation is None else in_view(sequences, ablation), request)


def batch_of(sequences: list[dict[str, Any]], request: Any) -> TrainingInputBatch:
    """Sequences as SkyRL's backend lays batches out."""
    inputs, spans = reference.batch_of(sequences, IMAGE, END_OF_TEXT, "left")
    width = max(length for _, _, length in spans)
    response = torch.zeros(len(sequences), width, dtype=torch.long)
    for index, (_, _, length) in enumerate(spans):
        response[index, width - length :] = 1
    data: dict[str, Any] = {
        "sequences": inputs["input_ids"],
        "attention_mask": inputs["attention_mask"],
        "loss_mask": response.float(),
        "response_mask": response,
    }
    pixels = [reference.pixels_of(sequence["prompt"]) for sequence in sequences]
    if pixels[0][0] is not None:
        data["pixel_values"] = TensorList([patches for patches, _ in pixels])
        data["image_grid_thw"] = TensorList([grid for _, grid in pixels])
    batch = TrainingInputBatch(data)
    batch.metadata = {"response_length": width, SIGNALS: request}
    return batch


def batch_of_groups(case: str, request: Any) -> TrainingInputBatch:
    """A case's first completions, with the further members of their groups of three beside them."""
    groups = [group_of(sequences_of(case)[index]) for index in run_together(case)]
    return with_members(batch_of([group[number] for number in range(3) for group in groups], request), 3)


class LocalDispatch:
    """What SkyRL's dispatch does over Ray: the batch to as many workers as there are ranks, outputs in order."""

    def __init__(self, workers: list[SignalPolicyWorker]) -> None:
        self.workers = workers

    def get_lcm_dp_size(self) -> int:
        return len(self.workers)

    def forward(self, role: str, batch: TrainingInputBatch, model_id: str | None = None) -> SimpleNamespace:
        parts = batch.chunk(len(batch) // len(self.workers))
        results = [each.forward(part) for each, part in zip(self.workers, parts, strict=True)]
        outputs = [output for result in results for output in result.loss_fn_outputs]
        return SimpleNamespace(loss_fn_outputs=outputs, loss_fn_output_type="scalar", metrics={})


class RecordedRenderer(ImageRenderer):
    """The renderer with the recorded cases' processor, since their checkpoints' directories name none that transformers knows."""

    def __init__(self) -> None:
        self.processor = reference.PROCESSOR
        self.image_token = IMAGE


def png_of(image: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    pixels = reference.procedural_image(image["width"], image["height"], image["formula"])
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def message_of(sequences: list[dict[str, Any]], config: dict[str, float] | None, forward_only: bool, model: str) -> bytes:
    """A request on the wire, as the official SDK writes it, targets and weights covering the completion."""
    message = pb.ForwardBackwardRequest(model_id=model, seq_id=0, loss_fn="cross_entropy", forward_only=forward_only)
    for key, value in (config or {}).items():
        message.loss_fn_config[key] = value
    for sequence in sequences:
        datum = message.data.add()
        for chunk in sequence["prompt"]:
            if chunk["kind"] == "text":
                datum.model_input.add().encoded_text.tokens = numpy.asarray(chunk["tokens"], numpy.int32).tobytes()
            else:
                image = datum.model_input.add().image
                image.data, image.format = png_of(chunk), "png"
        completion = sequence["completion"]
        datum.model_input.add().encoded_text.tokens = numpy.asarray(completion[:-1], numpy.int32).tobytes()
        targets, weights = datum.loss_fn_inputs["target_tokens"], datum.loss_fn_inputs["weights"]
        targets.dtype, targets.dense = pb.DTYPE_INT64, numpy.asarray(completion, numpy.int64).tobytes()
        weights.dtype, weights.dense = pb.DTYPE_FLOAT32, numpy.zeros(len(completion), numpy.float32).tobytes()
    return message.SerializeToString()


def outputs_of(answer: bytes) -> list[dict[str, numpy.ndarray]]:
    """Arrays by name of each datum of an answer."""
    output = pb.ForwardBackwardOutput.FromString(answer)
    [record] = output.loss_fn_outputs
    data: list[dict[str, numpy.ndarray]] = [{} for _ in range(record.num_datums)]
    for name, field in record.fields.items():
        kind = numpy.int64 if field.dtype == pb.DTYPE_INT64 else numpy.float32
        bounds = numpy.frombuffer(field.offsets, numpy.int64)
        for index, (start, end) in enumerate(zip(bounds[:-1], bounds[1:], strict=True)):
            values = numpy.frombuffer(field.data[start:end], kind)
            data[index][name] = values.reshape(-1, *field.trailing_shape) if field.trailing_shape else values
    return data


class LocalBackend(SignalBackend):
    """The backend with two ranks in this process. What it inherits is SkyRL's and ours."""

    def __init__(self, base_model: str, config: Any) -> None:
        self.base_model, self.config = base_model, config
        self._cfg = SimpleNamespace(trainer=SimpleNamespace(strategy="fsdp"))
        self._tokenizer = SimpleNamespace(pad_token_id=END_OF_TEXT)
        self._model_ids_to_role = {"policy-model": "policy", "critic-model": "critic"}
        self._inference_engines_initialized = False
        self._renderer = RecordedRenderer()
        self._model_metadata = {}
        model = wrapper()
        self._dispatch = LocalDispatch([worker(model=model), worker(1, model=model)])
