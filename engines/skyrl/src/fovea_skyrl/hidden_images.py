"""A pass in which image tokens keep their positions, and no token attends to them."""

from types import TracebackType
from typing import Any

from torch import Tensor, nn

from fovea_skyrl.decoders import text_model
from fovea_skyrl.layout import BatchLayout


class HiddenImages:
    """While it is open, the decoder's attention mask has 0 at image tokens; rotary positions still count them.

    It is a mask of keys alone, [B, width], so that every attention implementation takes it.
    """

    def __init__(self, model: nn.Module, layout: BatchLayout) -> None:
        self._decoder = text_model(model)
        self._layout = layout
        self._handle: Any = None

    def __enter__(self) -> "HiddenImages":
        self._handle = self._decoder.register_forward_pre_hook(self._hook, with_kwargs=True)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._handle.remove()

    def _hook(self, _: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        mask: Tensor = kwargs["attention_mask"].clone()
        for row, sequence in zip(mask, self._layout.sequences, strict=True):
            row[sequence.positions[sequence.visual]] = 0
        return args, kwargs | {"attention_mask": mask}
