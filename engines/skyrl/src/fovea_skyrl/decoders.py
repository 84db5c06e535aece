"""The decoders whose attention and hidden states are read, family by family."""

from dataclasses import dataclass
from typing import Any

from torch import nn
from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VLAttention, Qwen2_5_VLTextModel
from transformers.models.qwen2_vl.modeling_qwen2_vl import Qwen2VLAttention, Qwen2VLTextModel
from transformers.models.qwen3_vl.modeling_qwen3_vl import Qwen3VLTextAttention, Qwen3VLTextModel

from fovea_skyrl.errors import UnsupportedModelError


@dataclass(frozen=True)
class Family:
    """Classes of a family in transformers, and the modules that give queries and keys as they are before rotary embedding."""

    attention: type[nn.Module]
    decoder: type[nn.Module]
    query: str = "q_proj"
    key: str = "k_proj"


FAMILIES = {
    "qwen2_vl": Family(Qwen2VLAttention, Qwen2VLTextModel),
    "qwen2_5_vl": Family(Qwen2_5_VLAttention, Qwen2_5_VLTextModel),
    # Queries and keys are normalised within each head.
    "qwen3_vl": Family(Qwen3VLTextAttention, Qwen3VLTextModel, "q_norm", "k_norm"),
}
"""By the model type of config.json."""
NAMES = "Qwen2-VL, Qwen2.5-VL or Qwen3-VL"


def decoder_layers(model: nn.Module) -> list[Any]:
    """All attention modules of the decoder, in order; none of another model."""
    kinds = tuple(family.attention for family in FAMILIES.values())
    found: list[Any] = [module for module in model.modules() if isinstance(module, kinds)]
    return sorted(found, key=lambda each: each.layer_idx or 0)


def full_attention_layers(model: nn.Module) -> list[Any]:
    """The attention modules of the decoder that see all earlier keys, in order.

    Raises UnsupportedModelError if the model has none.
    """
    layers = [each for each in decoder_layers(model) if getattr(each, "sliding_window", None) is None]
    if not layers:
        raise UnsupportedModelError(
            f"expected a decoder of {NAMES} with full-attention layers, got {type(model).__name__} without any"
        )
    return layers


def text_model(model: nn.Module) -> Any:
    """The decoder. Raises UnsupportedModelError if the model has none."""
    kinds = tuple(family.decoder for family in FAMILIES.values())
    found = next((module for module in model.modules() if isinstance(module, kinds)), None)
    if found is None:
        raise UnsupportedModelError(f"expected a decoder of {NAMES}, got {type(model).__name__} without one")
    return found


def projections(layer: nn.Module) -> tuple[nn.Module, nn.Module]:
    """The modules of an attention layer whose outputs are its queries and its keys, before rotary embedding."""
    family = next(each for each in FAMILIES.values() if isinstance(layer, each.attention))
    return getattr(layer, family.query), getattr(layer, family.key)
