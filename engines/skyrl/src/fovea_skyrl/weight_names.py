"""Names of weights: the trainer's against those of the checkpoint's files.

With `weight_sync_backend: delta` SkyRL 0.4.0 sends a weight as its difference from the file's, found by its name, and leaves out
what it does not find there, with a warning in a log. Published Qwen2.5-VL checkpoints have names of an older transformers
(`model.layers…`, `visual…`), where the trainer says `model.language_model.layers…`: nothing but the head would be sent.
"""

import json
from pathlib import Path

import torch
from safetensors import safe_open
from transformers import AutoConfig, AutoModelForImageTextToText
from transformers.utils import cached_file

from fovea_skyrl.errors import WeightNameError

DELTA = "delta"
INDEX = "model.safetensors.index.json"
SHOWN = 3


def check_delta(base_model: str) -> None:
    """Raises WeightNameError where delta would leave out a weight."""
    missing = sorted(trained_names(base_model) - stored_names(base_model))
    if missing:
        listed = ", ".join(missing[:SHOWN]) + (", …" if len(missing) > SHOWN else "")
        raise WeightNameError(
            f"generator.inference_engine.weight_sync_backend: delta finds weights by their names in the checkpoint's "
            f"files, and {base_model} has none of {len(missing)} names of the trainer ({listed}), which would not be "
            "sent; save it anew with this transformers, or use nccl or ipc"
        )


def trained_names(base_model: str) -> set[str]:
    """Names of the trainer's weights; a tied one by its first name alone."""
    with torch.device("meta"):
        model = AutoModelForImageTextToText.from_config(AutoConfig.from_pretrained(base_model))
    return {name for name, _ in model.named_parameters()}


def stored_names(base_model: str) -> set[str]:
    """Names of the weights in the files of a directory, or of a model of the hub as it is cached here."""
    index = cached_file(base_model, INDEX, _raise_exceptions_for_missing_entries=False)
    if index is not None:
        return set(json.loads(Path(index).read_text())["weight_map"])
    with safe_open(cached_file(base_model, "model.safetensors"), framework="pt") as file:
        return set(file.keys())
