"""SkyRL's Tinker server with signals: it says that it has them, lets requests ask for them, and starts our engine."""

import sys
from typing import Any

import skyrl.tinker.api as api
from fastapi import Request
from fastapi.routing import APIRoute
from skyrl.tinker.config import EngineConfig, config_to_argv
from skyrl.train.config import SkyRLTrainConfig
from transformers import AutoConfig

from fovea_skyrl.errors import ShardedSequenceError, UnsupportedModelError
from fovea_skyrl.request import KEYS
from fovea_skyrl.versions import require
from fovea_skyrl.wire import capabilities

CAPABILITIES_PATH = "/api/v1/get_server_capabilities"
PACKING = ("remove_microbatch_padding", "use_sample_packing")
LOSS = "cross_entropy"
"""The loss whose `loss_fn_config` may hold our keys; `forward` evaluates no loss, so one is enough."""


def without_packing(config: EngineConfig) -> EngineConfig:
    """The configuration with SkyRL's default, to pack sequences into one row, turned off where nothing was said."""
    said = config.backend_config
    if any(name in str(said) for name in PACKING):
        return config
    return config.model_copy(update={"backend_config": said | {f"trainer.{PACKING[0]}": False}})


def check(config: EngineConfig) -> None:
    """Refuses at the start what could not give signals later.

    Raises UnsupportedModelError for another backend or another model family, ShardedSequenceError for options that
    split or pack sequences, as SkyRL itself reads them.
    """
    if config.backend != "fsdp":
        raise UnsupportedModelError(f"--backend: expected fsdp, got {config.backend}")
    trainer = SkyRLTrainConfig.from_cli_overrides(dict(config.backend_config)).trainer
    size = trainer.policy.sequence_parallel_size
    if size != 1:
        raise ShardedSequenceError(
            f"trainer.policy.sequence_parallel_size: expected 1, got {size}; signals need all keys of a sequence"
        )
    if trainer.remove_microbatch_padding:
        raise ShardedSequenceError("trainer.remove_microbatch_padding: expected false, got true")
    kind = AutoConfig.from_pretrained(config.base_model).model_type
    if kind != "qwen2_5_vl":
        raise UnsupportedModelError(
            f"--base-model: expected a model of type qwen2_5_vl, got {kind} ({config.base_model})"
        )


def install() -> None:
    """Changes SkyRL's application: the capabilities, the keys that a request may have, the engine that is started."""
    require(api, "app", "get_server_capabilities", "_build_uv_run_cmd_engine", "ForwardBackwardInput")
    require(api.ForwardBackwardInput, "_ALLOWED_KEYS_BY_LOSS_FN")
    api.ForwardBackwardInput._ALLOWED_KEYS_BY_LOSS_FN[LOSS] |= KEYS
    api._build_uv_run_cmd_engine = engine_command
    plain = api.get_server_capabilities
    routes = api.app.router.routes
    routes[:] = [each for each in routes if not (isinstance(each, APIRoute) and each.path == CAPABILITIES_PATH)]

    @api.app.get(CAPABILITIES_PATH)
    async def get_server_capabilities(request: Request) -> dict[str, Any]:
        return (await plain(request)).model_dump() | {"fovea_signals": capabilities()}


def engine_command(parent: list[str], config: EngineConfig) -> list[str]:
    """The command of the background engine, in this process's own environment."""
    return [sys.executable, "-m", "fovea_skyrl.engine_process", *config_to_argv(config)]
