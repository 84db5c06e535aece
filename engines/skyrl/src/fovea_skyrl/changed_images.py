"""What a view of a batch changes in the images within the model, if anything."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

from torch import nn

from fovea_skyrl.hidden_images import HiddenImages
from fovea_skyrl.layout import BatchLayout
from fovea_skyrl.replaced_values import ReplacedValues
from fovea_skyrl.request import SignalRequest


def changed_images(
    model: nn.Module, request: SignalRequest, view: Literal["first", "second"], layout: BatchLayout
) -> AbstractContextManager[Any]:
    """To be open during the pass of a view: images hidden, values replaced, or nothing."""
    if request.hides(view):
        return HiddenImages(model, layout)
    if request.replacement and view == "first":
        return ReplacedValues(model, layout, request.replacement)
    return nullcontext()
