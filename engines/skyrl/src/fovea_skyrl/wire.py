"""How signals look in `loss_fn_outputs`, and what the server says of itself. README.md has the contract."""

import base64
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import torch
from torch import Tensor

from fovea_skyrl.capture import Signals

PROTOCOL = 1
CAPABILITIES = ("attention", "attention-measure", "calibrated-attention", "entropy")
GRAM = "gram"


def capabilities() -> dict[str, Any]:
    """The field `fovea_signals` of `get_server_capabilities`."""
    try:
        own = version("fovea-skyrl")
    except PackageNotFoundError:
        own = "unknown"
    return {"protocol": PROTOCOL, "version": own, "capabilities": list(CAPABILITIES)}


def encoded(signals: Signals, packs_gram: bool = False) -> dict[str, Any]:
    """Signals of one completion as TensorData by name, the Gram matrix packed where that was asked for."""
    return {name: _packed(each) if packs_gram and name == GRAM else _plain(each) for name, each in signals.items()}


def _plain(values: Tensor) -> dict[str, Any]:
    """Row-major. Nine digits tell any two numbers of single precision apart; more would only be longer."""
    data = [float(f"{each:.9g}") for each in values.flatten().tolist()]
    return {"data": data, "dtype": "float32", "shape": list(values.shape)}


def _packed(gram: Tensor) -> dict[str, Any]:
    """The lower triangle row by row, each up to and including its diagonal, little-endian float32 in base64."""
    rows, columns = torch.tril_indices(*gram.shape).unbind()
    values = gram[rows, columns].float().cpu().numpy().astype("<f4")
    data = base64.b64encode(values.tobytes()).decode("ascii")
    return {"data": data, "dtype": "float32", "shape": list(values.shape), "encoding": "base64"}
