"""A pass in which image tokens that attract high attention lose their own values, in every layer of the decoder.

A layer's queries, keys and values are taken as its projections return them, as in `capture`; what the replacement changes is
added to the input of the output projection. The layer's own attention is not looked at, so its implementation does not matter.
"""

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import torch
from torch import Tensor, nn

from fovea_skyrl.capture import exact_products
from fovea_skyrl.decoders import decoder_layers, projections
from fovea_skyrl.errors import ShardedSequenceError, UnsupportedModelError
from fovea_skyrl.layout import BatchLayout, SequenceLayout
from fovea_skyrl.request import ReplacementRequest
from fovea_skyrl.rows import BLOCK, attention_by_head, merged_angles, rotated

NONE = 1e-8
"""Attention at or below this is none: the key is hidden."""


class ReplacedValues:
    """While it is open, a forward pass over the laid-out batch has values replaced.

    Attention rows of a sequence's tokens after its first image are computed twice, for the threshold and for the change, a block
    of rows at a time. Raises UnsupportedModelError for a decoder with sliding windows.

    Source: CFPO, arXiv:2606.23206.
    """

    def __init__(self, model: nn.Module, layout: BatchLayout, request: ReplacementRequest, block: int = BLOCK) -> None:
        self.layout = layout
        self.request = request
        self.block = block
        self._layers = decoder_layers(model)
        windows = [each.layer_idx for each in self._layers if getattr(each, "sliding_window", None) is not None]
        if windows or not self._layers:
            found = f"sliding windows in layers {windows}" if windows else f"{type(model).__name__} without any"
            raise UnsupportedModelError(f"replaced values: expected a decoder with full-attention layers alone, got {found}")
        self._ends = [image_ends(sequence.visual) for sequence in layout.sequences]
        self._handles: list[Any] = []
        self._seen: dict[str, Any] = {}

    def __enter__(self) -> "ReplacedValues":
        if any(sequence.visual.any() for sequence in self.layout.sequences):
            for layer in self._layers:
                query, key = projections(layer)
                self._handles += [
                    layer.register_forward_pre_hook(self._positions_hook, with_kwargs=True),
                    query.register_forward_hook(self._projection_hook("query")),
                    key.register_forward_hook(self._projection_hook("key")),
                    layer.v_proj.register_forward_hook(self._projection_hook("value")),
                    layer.o_proj.register_forward_pre_hook(self._output_hook(layer)),
                ]
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        self._seen.clear()

    def _positions_hook(self, _: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._seen["positions"] = kwargs["position_embeddings"]

    def _projection_hook(self, name: str) -> Any:
        def hook(_: nn.Module, args: tuple[Any, ...], output: Tensor) -> None:
            self._seen[name] = output.detach()

        return hook

    def _output_hook(self, layer: Any) -> Any:
        @torch.no_grad()
        def hook(_: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
            mixed, *more = args
            query, key, value = (self._seen.pop(name) for name in ("query", "key", "value"))
            cos, sin = (merged_angles(each, layer) for each in self._seen.pop("positions"))
            expected = (len(self.layout.sequences), self.layout.width)
            if tuple(key.shape[:2]) != expected:
                raise ShardedSequenceError(
                    f"layer {layer.layer_idx}: expected keys of {expected[0]} sequences x {expected[1]} positions, got "
                    f"{key.shape[0]} x {key.shape[1]}; replaced values need whole sequences: no sequence parallelism, no packing"
                )
            mixed = mixed.clone()
            with exact_products(key.device.type):
                for index, (sequence, ends) in enumerate(zip(self.layout.sequences, self._ends, strict=True)):
                    if ends.shape[0] == 0 or int(ends.min()) == sequence.keys:
                        continue
                    parts = query[index], key[index], value[index]
                    first, change = self._change(layer, sequence, ends, parts, (cos[index], sin[index]))
                    mixed[index, sequence.positions[first:]] += change.to(mixed.dtype)
            return mixed, *more

        return hook

    def _change(
        self,
        layer: Any,
        sequence: SequenceLayout,
        ends: Tensor,
        parts: tuple[Tensor, Tensor, Tensor],
        angles: tuple[Tensor, Tensor],
    ) -> tuple[int, Tensor]:
        """Of one sequence: the first row that may change, and the change [R, H·D] of it and of all rows after it.

        parts: query, key and value [width, heads · D] or [width, heads, D], queries and keys before rotary embedding
        """
        query, key, value = parts
        size, keys, first = layer.head_dim, sequence.positions, int(ends.min())
        rows = keys[first:]
        cos, sin = angles
        turned = rotated(query[rows].reshape(len(rows), -1, size), cos[rows], sin[rows])
        seen = rotated(key[keys].reshape(len(keys), -1, size), cos[keys], sin[keys])
        values = value[keys[sequence.visual]].reshape(ends.shape[0], -1, size).float()

        def attention() -> Iterator[Tensor]:
            at = first
            for block in attention_by_head(turned, seen, first, layer.scaling, self.block):
                after = torch.arange(at, at + block.shape[1], device=ends.device)[:, None] >= ends
                yield block[:, :, sequence.visual] * after
                at += block.shape[1]

        return first, replaced_mix(attention, values, self.request)


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
    count, total, squares = 0, 0.0, 0.0
    for block in attention():
        known = block[block > NONE].double()
        count += known.shape[0]
        total += float(known.sum())
        squares += float((known * known).sum())
    centre = total / max(count, 1)
    variance = max(squares - count * centre * centre, 0.0) / max(count - 1, 1)
    bound = max(centre + request.threshold * variance**0.5, NONE)
    mean = values.mean(dim=0) if request.mean == "vector" else values.mean(dim=(0, 2))[:, None]
    away = (mean - values).transpose(0, 1)
    changes = []
    for block in attention():
        heads, rows, images = block.shape
        chosen = (block * (block > bound)).view(away.shape[0], -1, images)
        mixed = (chosen @ away).view(heads, rows, -1)
        changes.append(mixed.transpose(0, 1).reshape(rows, -1))
    return torch.cat(changes)
