"""Hooks on decoder layers that note what a layer's projections return, until the pass is over."""

from types import TracebackType
from typing import Any

from torch import Tensor, nn

from fovea_skyrl.decoders import projections


class LayerHooks:
    """Hooks that are removed when the context ends. What they have noted of the present layer is in `_seen`."""

    def __init__(self) -> None:
        self._handles: list[Any] = []
        self._seen: dict[str, Any] = {}

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        self._seen.clear()

    def _note_projections(self, layer: Any) -> None:
        """Notes the layer's `positions` before it runs, and its `query` and `key` before rotary embedding."""
        query, key = projections(layer)
        self._handles += [
            layer.register_forward_pre_hook(self._positions_hook, with_kwargs=True),
            query.register_forward_hook(self._projection_hook("query")),
            key.register_forward_hook(self._projection_hook("key")),
        ]

    def _positions_hook(self, _: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._seen["positions"] = kwargs["position_embeddings"]

    def _projection_hook(self, name: str) -> Any:
        def hook(_: nn.Module, args: tuple[Any, ...], output: Tensor) -> None:
            self._seen[name] = output.detach()

        return hook
