"""A pass in which image tokens that attract high attention lose their own values, in every layer of the decoder.

A layer's queries, keys and values are taken as its projections return them, as in `capture`; what the replacement changes is
added to the input of the output projection. The layer's own attention is not looked at, so its implementation does not matter.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from fovea_skyrl.capture import exact_products
from fovea_skyrl.decoders import decoder_layers
from fovea_skyrl.errors import UnsupportedModelError
from fovea_skyrl.layer_hooks import LayerHooks
from fovea_skyrl.layout import BatchLayout, SequenceLayout
from fovea_skyrl.request import ReplacementRequest
from fovea_skyrl.rows import BLOCK, attention_by_head, merged_angles, rotated

NONE = 1e-8
"""Attention at or below this is none: the key is hidden."""


@dataclass(frozen=True)
class ImageKeys:
    """The image tokens of a sequence."""

    places: Tensor
    """[I] key indices."""
    ends: Tensor
    """[I] index of the first token after each one's image."""
    first: int
    """The first row after an image; the number of keys where there is none."""

    @staticmethod
    def of(sequence: SequenceLayout) -> "ImageKeys":
        ends = image_ends(sequence.visual)
        return ImageKeys(sequence.visual.nonzero()[:, 0], ends, int(ends.min()) if ends.shape[0] else sequence.keys)


class ReplacedValues(LayerHooks):
    """While it is open, a forward pass over the laid-out batch has values replaced.

    Attention rows of a sequence's tokens after its first image are computed twice, for the threshold and for the change, a block
    of rows at a time. Raises UnsupportedModelError for a decoder with sliding windows.

    Source: CFPO, arXiv:2606.23206.
    """

    def __init__(self, model: nn.Module, layout: BatchLayout, request: ReplacementRequest, block: int = BLOCK) -> None:
        super().__init__()
        self.layout = layout
        self.request = request
        self.block = block
        self._layers = decoder_layers(model)
        windows = [each.layer_idx for each in self._layers if getattr(each, "sliding_window", None) is not None]
        if windows or not self._layers:
            found = f"sliding windows in layers {windows}" if windows else f"{type(model).__name__} without any"
            raise UnsupportedModelError(f"replaced values: expected a decoder with full-attention layers alone, got {found}")
        self._images = [ImageKeys.of(sequence) for sequence in layout.sequences]

    def __enter__(self) -> "ReplacedValues":
        if any(images.first < each.keys for images, each in zip(self._images, self.layout.sequences, strict=True)):
            for layer in self._layers:
                self._note_projections(layer)
                self._handles += [
                    layer.v_proj.register_forward_hook(self._projection_hook("value")),
                    layer.o_proj.register_forward_pre_hook(self._output_hook(layer)),
                ]
        return self

    def _output_hook(self, layer: Any) -> Any:
        @torch.no_grad()
        def hook(_: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
            mixed, *more = args
            query, key, value = (self._seen.pop(name) for name in ("query", "key", "value"))
            cos, sin = (merged_angles(each, layer) for each in self._seen.pop("positions"))
            self.layout.require_whole(key, f"layer {layer.layer_idx}: expected keys of", "replaced values need")
            mixed = mixed.clone()
            with exact_products(key.device.type):
                for index, (sequence, images) in enumerate(zip(self.layout.sequences, self._images, strict=True)):
                    if images.first == sequence.keys:
                        continue
                    parts = query[index], key[index], value[index]
                    change = self._change(layer, sequence.positions, images, parts, (cos[index], sin[index]))
                    mixed[index, sequence.positions[images.first :]] += change.to(mixed.dtype)
            return mixed, *more

        return hook

    def _change(
        self,
        layer: Any,
        keys: Tensor,
        images: ImageKeys,
        parts: tuple[Tensor, Tensor, Tensor],
        angles: tuple[Tensor, Tensor],
    ) -> Tensor:
        """The change [R, H·D] of one sequence's rows after its first image.

        keys: [S] positions
        parts: query, key and value [width, heads · D] or [width, heads, D], the first two before rotary embedding
        """
        query, key, value = parts
        size, rows = layer.head_dim, keys[images.first :]
        cos, sin = angles
        turned = rotated(query[rows].reshape(len(rows), -1, size), cos[rows], sin[rows])
        seen = rotated(key[keys].reshape(len(keys), -1, size), cos[keys], sin[keys])
        values = value[keys[images.places]].reshape(len(images.places), -1, size).float()

        def attention() -> Iterator[Tensor]:
            at = images.first
            for block in attention_by_head(turned, seen, images.first, layer.scaling, self.block):
                after = torch.arange(at, at + block.shape[1], device=images.ends.device)[:, None] >= images.ends
                yield block[:, :, images.places] * after
                at += block.shape[1]

        return replaced_mix(attention, values, self.request)


def image_ends(visual: Tensor) -> Tensor:
    """[I] for each image token the index of the first token after its image; an image is a run of image tokens.

    visual: [S] bool
    """
    places = torch.arange(visual.shape[0], device=visual.device)
    last = visual & ~torch.cat((visual[1:], visual.new_zeros(1)))
    # The ends of later images are larger, so the least among those that come after a place is its own image's.
    ends = torch.where(last, places + 1, visual.shape[0])
    return ends.flip(0).cummin(dim=0).values.flip(0)[visual] if visual.any() else places[:0]


def replaced_mix(attention: Callable[[], Iterator[Tensor]], values: Tensor, request: ReplacementRequest) -> Tensor:
    """The change of attention's output when values of image tokens are replaced.

        a    entries of attention above 1e-8 from queries after an image to its tokens, of all heads of a sequence
        Δ    = Σ_k 1[aₖ > mean a + λ·deviation a]·aₖ·(v̄ − vₖ)

    attention: gives the same blocks [H, n, I] each time, at least one, 0 where the query does not come after the key's image
    values: [I, K, D] of the image tokens, H a multiple of K
    Returns [R, H·D] of all blocks' rows. v̄ is the mean over the image tokens, of each head: a vector, or one number.
    """
    count, total, squares = torch.zeros(3, dtype=torch.float64, device=values.device)
    for block in attention():
        seen = block > NONE
        known = (block * seen).double()
        count = count + seen.sum()
        total = total + known.sum()
        squares = squares + (known * known).sum()
    centre = total / count.clamp(min=1)
    variance = (squares - count * centre**2).clamp(min=0) / (count - 1).clamp(min=1)
    bound = (centre + request.threshold * variance.sqrt()).clamp(min=NONE)
    mean = values.mean(dim=0) if request.mean == "vector" else values.mean(dim=(0, 2))[:, None]
    away = (mean - values).transpose(0, 1)
    changes = []
    for block in attention():
        heads, rows, images = block.shape
        chosen = (block * (block > bound)).view(away.shape[0], -1, images)
        mixed = (chosen @ away).view(heads, rows, -1)
        changes.append(mixed.transpose(0, 1).reshape(rows, -1))
    return torch.cat(changes)
