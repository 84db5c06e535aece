"""Hooks that take signals from the last full-attention layers, and from hidden states, while a model's forward pass runs.

A layer's queries and keys are taken as its projections return them (in Qwen3-VL, its norms), rotated as the layer rotates
them, and turned into attention rows of the completion alone. The layer's own attention is not looked at, so its implementation
(eager, sdpa, flash attention) does not matter; adapters on the projections are included; under FSDP2 nothing is gathered, since
the projections run where their weights are whole.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from fovea_skyrl.calibrated import CalibratedRows
from fovea_skyrl.decoders import full_attention_layers, text_model
from fovea_skyrl.hidden import HiddenCosines
from fovea_skyrl.layer_hooks import LayerHooks
from fovea_skyrl.layout import BatchLayout, SequenceLayout
from fovea_skyrl.request import SignalRequest
from fovea_skyrl.rows import BLOCK, attention_rows, merged_angles, rotated
from fovea_skyrl.shifts import ShiftReducer

Signals = dict[str, Tensor]


class SignalCapture(LayerHooks):
    """While it is open, one forward pass of `model` over the laid-out batch fills `signals`.

        with SignalCapture(model, request, layout) as capture:
            model(**inputs)
        capture.signals[b]["visual_mass"]        # [T]

    What is kept after a layer: for each sequence the numbers of `ShiftReducer`, the sums of `HiddenCosines`, and, until the
    last layer, the [T, S] sum of `CalibratedRows`. What needs logits, no hook sees: `score` or the caller adds it.
    """

    def __init__(self, model: nn.Module, request: SignalRequest, layout: BatchLayout, block: int = BLOCK) -> None:
        super().__init__()
        self.request = request
        self.layout = layout
        self.block = block
        self.signals: list[Signals] = [{} for _ in layout.sequences]
        self.layers = full_attention_layers(model)[-request.layers :] if request.layers else []
        self._calibrated: list[CalibratedRows | None] = [None] * len(layout.sequences)
        self._decoder = text_model(model) if request.hidden else None
        hidden = request.hidden
        self._hidden = [HiddenCosines(each, hidden) for each in layout.sequences] if hidden else []

    def __enter__(self) -> "SignalCapture":
        for layer in self.layers:
            self._note_projections(layer)
            self._handles.append(layer.register_forward_hook(self._layer_hook))
        if self._decoder is not None:
            if self.request.hidden and self.request.hidden.layers == "all":
                self._handles += [
                    layer.register_forward_pre_hook(self._states_hook, with_kwargs=True) for layer in self._decoder.layers
                ]
            self._handles.append(self._decoder.norm.register_forward_hook(self._norm_hook))
        return self

    def _states_hook(self, _: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._add_states(args[0] if args else kwargs["hidden_states"])

    def _norm_hook(self, _: nn.Module, args: tuple[Any, ...], output: Tensor) -> None:
        self._add_states(output)
        for signals, cosines in zip(self.signals, self._hidden, strict=True):
            signals |= cosines.result()

    @torch.no_grad()
    def _add_states(self, states: Tensor) -> None:
        self.layout.require_whole(states, "hidden states: expected", "signals need")
        with exact_products(states.device.type):
            for cosines, own in zip(self._hidden, states.detach(), strict=True):
                cosines.add(own)

    @torch.no_grad()
    def _layer_hook(self, layer: Any, args: tuple[Any, ...], output: Any) -> None:
        query, key = self._seen.pop("query"), self._seen.pop("key")
        cos, sin = (merged_angles(each, layer) for each in self._seen.pop("positions"))
        self.layout.require_whole(key, f"layer {layer.layer_idx}: expected keys of", "signals need")
        with exact_products(key.device.type):
            for index, sequence in enumerate(self.layout.sequences):
                if sequence.length == 0:
                    continue
                places = cos[index], sin[index]
                self._reduce(index, sequence, layer, query[index], key[index], places)

    def _reduce(
        self,
        index: int,
        sequence: SequenceLayout,
        layer: Any,
        query: Tensor,
        key: Tensor,
        places: tuple[Tensor, Tensor],
    ) -> None:
        """query, key: [width, heads · D] or [width, heads, D] of one sequence, before rotary embedding."""
        is_last = layer is self.layers[-1]
        attention = self.request.attention if is_last else None
        calibrated = self.request.calibrated if self._reads(layer) else None
        asked = [each.row for each in (attention, calibrated) if each]
        earliest = sequence.first - 1 if "predicting" in asked else sequence.first
        latest = sequence.keys if "own" in asked else sequence.keys - 1
        keys, queries = sequence.positions, sequence.positions[earliest:latest]
        cos, sin = places
        size = layer.head_dim
        blocks = attention_rows(
            rotated(query[queries].reshape(len(queries), -1, size), cos[queries], sin[queries]),
            rotated(key[keys].reshape(len(keys), -1, size), cos[keys], sin[keys]),
            earliest,
            layer.scaling,
            self.block,
        )
        shifts = rows = None
        wanted: list[tuple[Any, int]] = []
        if attention:
            first = sequence.first - (attention.row == "predicting")
            shifts = ShiftReducer(sequence.visual, first, attention.measure)
            wanted.append((shifts, first - earliest))
        if calibrated:
            rows = self._calibrated[index]
            if rows is None:
                rows = CalibratedRows(sequence.length, sequence.visual, calibrated)
                self._calibrated[index] = rows
            wanted.append((rows, sequence.first - (calibrated.row == "predicting") - earliest))
        at = 0
        for some in blocks:
            for reducer, start in wanted:
                part = some[max(start - at, 0) : max(start + sequence.length - at, 0)]
                if part.shape[0]:
                    reducer.add(part)
            at += some.shape[0]
        if shifts:
            self.signals[index] |= shifts.result()
        if rows:
            rows.end_layer()
            if is_last:
                self.signals[index] |= rows.result()
                self._calibrated[index] = None

    def _reads(self, layer: Any) -> bool:
        calibrated = self.request.calibrated
        return calibrated is not None and any(each is layer for each in self.layers[-calibrated.layers :])


@contextmanager
def exact_products(device: str) -> Iterator[None]:
    """Matrix products in single precision, whatever the surroundings allow (autocast, TF32)."""
    precision = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        with torch.autocast(device_type=device, enabled=False):
            yield
    finally:
        torch.set_float32_matmul_precision(precision)
