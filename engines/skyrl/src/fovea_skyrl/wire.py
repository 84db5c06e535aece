"""How signals look in `loss_fn_outputs`, and what the server says of itself. README.md has the contract."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

import torch
from torch import Tensor

from fovea_skyrl.capture import Signals

PROTOCOL = 2
CAPABILITIES = (
    "attention",
    "attention-measure",
    "calibrated-attention",
    "token-clusters",
    "hidden-states",
    "full-distribution",
    "group-divergence",
    "hidden-images",
    "value-replacement",
    "entropy",
    "temperature",
)
GRAM = "gram"


def capabilities() -> dict[str, Any]:
    """The field `fovea_signals` of `get_server_capabilities`."""
    try:
        own = version("fovea-skyrl")
    except PackageNotFoundError:
        own = "unknown"
    return {"protocol": PROTOCOL, "version": own, "capabilities": list(CAPABILITIES)}


def encoded(signals: Signals) -> dict[str, Any]:
    """Signals of one completion as TensorData by name.

    Fields of a message are ragged in their first dimension alone, so a Gram matrix [T, T] goes as its lower triangle, row by
    row, each up to and including its diagonal: [T·(T+1)/2].
    """
    return {name: _tensor(_triangle(each) if name == GRAM else each) for name, each in signals.items()}


def _tensor(values: Tensor) -> dict[str, Any]:
    dtype = "float32" if values.is_floating_point() else "int64"
    return {"data": values.flatten().tolist(), "dtype": dtype, "shape": list(values.shape)}


def _triangle(gram: Tensor) -> Tensor:
    rows, columns = torch.tril_indices(*gram.shape).unbind()
    return gram[rows, columns]
