"""Recorded cases as SkyRL's batches, and SkyRL's worker and backend in this process instead of behind Ray."""

from types import SimpleNamespace
from typing import Any

import reference
import torch
from recorded import END_OF_TEXT, FIXTURES, read
from skyrl.backends.skyrl_train.training_batch import TensorList, TrainingInputBatch
from skyrl.backends.skyrl_train.workers.model_wrapper import HFModelWrapper
from skyrl.tinker import types

from fovea_skyrl.backend import SignalBackend
from fovea_skyrl.worker import METADATA, SignalPolicyWorker

CHECKPOINT = "untied-gqa"
TEMPERATURE = 0.8
IMAGE = read(f"model/{CHECKPOINT}.json")["specialTokens"]["image_pad"]


def sequences_of(case: str) -> list[dict[str, Any]]:
    return read(f"model/{CHECKPOINT}.json")["cases"][case]["sequences"]


def wrapper() -> HFModelWrapper:
    return HFModelWrapper(str(FIXTURES / "model" / CHECKPOINT), use_flash_attention_2=False, bf16=False)


def worker(micro_batch_size: int = 2, max_tokens: int = -1, model: HFModelWrapper | None = None) -> SignalPolicyWorker:
    """A worker without its process group, its optimiser and its device."""
    made = SignalPolicyWorker.__new__(SignalPolicyWorker)
    made.model = model or wrapper()
    made.cfg = SimpleNamespace(
        micro_forward_batch_size_per_gpu=micro_batch_size,
        max_tokens_per_microbatch=max_tokens,
        algorithm=SimpleNamespace(temperature=TEMPERATURE),
    )
    return made


def training_batch(case: str, request: Any) -> TrainingInputBatch:
    """A case as SkyRL's backend lays batches out: all padded on the left, masks of the completion to the right."""
    sequences = sequences_of(case)
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
    with_images = next((each for each in pixels if each[0] is not None), None)
    if with_images is not None:
        # SkyRL gives sequences without images empty tensors.
        none = tuple(each[:0] for each in with_images)
        pixels = [none if each[0] is None else each for each in pixels]
        data["pixel_values"] = TensorList([patches for patches, _ in pixels])
        data["image_grid_thw"] = TensorList([grid for _, grid in pixels])
    batch = TrainingInputBatch(data)
    batch.metadata = {"response_length": width, METADATA: request}
    return batch


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


async def render(inputs: list[types.ModelInput]) -> list[types.RenderedModelInput]:
    """Stands for vLLM's renderer: an image chunk's location is the JSON of a recorded image."""
    rendered = []
    for each in inputs:
        chunks = [
            {"kind": "text", "tokens": chunk.tokens} if chunk.type == "encoded_text" else image_at(chunk.location)
            for chunk in each.chunks
        ]
        patches, grid = reference.pixels_of(chunks)
        rendered.append(
            types.RenderedModelInput(
                prompt_ids=reference.prompt_ids(chunks, IMAGE),
                multi_modal_kwargs=None if patches is None else {"pixel_values": patches, "image_grid_thw": grid},
            )
        )
    return rendered


def image_at(location: str) -> dict[str, Any]:
    columns, rows, *formula = (int(part) for part in location.split(","))
    return {"kind": "image", "width": columns, "height": rows, "formula": dict(zip("abde", formula, strict=True))}


def location_of(image: dict[str, Any]) -> str:
    return ",".join(str(each) for each in (image["width"], image["height"], *(image["formula"][key] for key in "abde")))


def datum_of(sequence: dict[str, Any]) -> dict[str, Any]:
    """A sequence as a Tinker datum on the wire, targets and weights covering the completion."""
    chunks = [
        {"type": "encoded_text", "tokens": chunk["tokens"]}
        if chunk["kind"] == "text"
        else {"type": "image_asset_pointer", "format": "png", "location": location_of(chunk)}
        for chunk in sequence["prompt"]
    ]
    completion = sequence["completion"]
    return {
        "model_input": {"chunks": [*chunks, {"type": "encoded_text", "tokens": completion[:-1]}]},
        "loss_fn_inputs": {
            "target_tokens": {"data": completion},
            "weights": {"data": [0.0] * len(completion)},
        },
    }


class LocalBackend(SignalBackend):
    """The backend with two ranks in this process. What it inherits is SkyRL's and ours."""

    def __init__(self, base_model: str, config: Any) -> None:
        self.base_model, self.config = base_model, config
        self._cfg = SimpleNamespace(trainer=SimpleNamespace(strategy="fsdp"))
        self._tokenizer = SimpleNamespace(pad_token_id=END_OF_TEXT)
        self._model_ids_to_role = {"policy-model": "policy", "critic-model": "critic"}
        self._inference_engines_initialized = False
        self._renderer = render
        self._model_metadata = {}
        model = wrapper()
        self._dispatch = LocalDispatch([worker(model=model), worker(1, model=model)])
