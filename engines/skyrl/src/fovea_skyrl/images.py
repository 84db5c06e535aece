"""Images of training batches, made ready in this process by the model's own processor.

SkyRL 0.4.0 has vLLM's render endpoint do it (`VLLMRenderer`). vLLM 0.30 leaves normalising to the sampler's device where
`mm_device_do_normalize` is on, its default for Qwen2.5-VL: what comes back are raw pixels from 0 to 255, and the trainer is fed
these. Here nothing depends on how a sampler or a render server was started.
"""

import io
import struct
from typing import Any

import torch
from PIL import Image
from skyrl.tinker import types
from torch import Tensor
from transformers import AutoConfig, AutoImageProcessor

from fovea_skyrl.errors import RequestError

WHITE = (255, 255, 255)
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)
"""What Pillow raises for bytes that are no image, or a broken or too large one."""


class ImageRenderer:
    """Takes the place of `VLLMRenderer`: what a model's input is, as token ids and patches."""

    def __init__(self, model_path: str) -> None:
        self.processor: Any = AutoImageProcessor.from_pretrained(model_path)
        self.image_token: int = AutoConfig.from_pretrained(model_path).image_token_id

    async def __call__(self, inputs: list[types.ModelInput]) -> list[types.RenderedModelInput]:
        """Equal images of a batch, as those of a group of completions, are processed once.

        Raises RequestError for an image that is no image, is not here, or stands for another number of tokens than expected.
        """
        known: dict[bytes, tuple[Tensor, Tensor]] = {}
        return [self._rendered(each, known) for each in inputs]

    def faults(self, batch: types.PreparedModelPassBatch) -> dict[str, str]:
        """The requests with an input that cannot be rendered, and why."""
        known: dict[bytes, tuple[Tensor, Tensor]] = {}
        found = {}
        for request_id, _, start, end in batch.request_batch_slices:
            try:
                for given in batch.all_model_inputs[start:end]:
                    self._rendered(given, known)
            except RequestError as error:
                found[request_id] = str(error)
        return found

    def _rendered(self, given: types.ModelInput, known: dict[bytes, tuple[Tensor, Tensor]]) -> types.RenderedModelInput:
        ids: list[int] = []
        patches: list[Tensor] = []
        grids: list[Tensor] = []
        placeholders: list[types.MultiModalPlaceholder] = []
        for chunk in given.chunks:
            if isinstance(chunk, types.EncodedTextChunk):
                ids += chunk.tokens
                continue
            if not isinstance(chunk, types.ImageChunk):
                raise RequestError(f"image {len(grids)}: expected its bytes, got a chunk of type {chunk.type}")
            pixels, grid = known.get(chunk.data) or self._processed(chunk.data, len(grids))
            known[chunk.data] = pixels, grid
            tokens = int(grid.prod()) // self.processor.merge_size**2
            if chunk.expected_tokens not in (None, tokens):
                raise RequestError(
                    f"image {len(grids)}: expected {chunk.expected_tokens} tokens, got one that stands for {tokens}"
                )
            placeholders.append(types.MultiModalPlaceholder(offset=len(ids), length=tokens))
            ids += [self.image_token] * tokens
            patches.append(pixels)
            grids.append(grid)
        if not grids:
            return types.RenderedModelInput(prompt_ids=ids)
        return types.RenderedModelInput(
            prompt_ids=ids,
            multi_modal_placeholders=placeholders,
            multi_modal_kwargs=types.MultiModalKwargs(pixel_values=torch.cat(patches), image_grid_thw=torch.stack(grids)),
        )

    def _processed(self, data: bytes, index: int) -> tuple[Tensor, Tensor]:
        """Patches [N, C·2·P·P] and grid [3]."""
        try:
            with Image.open(io.BytesIO(data)) as picture:
                image = on_white(picture)
        except UNREADABLE as error:
            raise RequestError(f"image {index}: expected a PNG or JPEG, got {len(data)} bytes: {error}") from error
        try:
            found = self.processor(images=[image], return_tensors="pt")
        except ValueError as error:
            size = f"{image.width} x {image.height} pixels"
            raise RequestError(f"image {index}: expected one that the model's processor takes, got {size}: {error}") from error
        return found["pixel_values"], found["image_grid_thw"][0]


def on_white(picture: Image.Image) -> Image.Image:
    """RGB; what is transparent shows white, as in vLLM."""
    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    whole = Image.new("RGB", layered.size, WHITE)
    whole.paste(layered, mask=layered.getchannel("A"))
    return whole
