"""SkyRL's Tinker server with signals: it says that it has them, lets requests ask for them, and starts our engine."""

import sys
from typing import Any

import skyrl.tinker.api as api
from fastapi import Request
from fastapi.routing import APIRoute
from skyrl.tinker.config import EngineConfig, config_to_argv
from skyrl.train.config import SkyRLTrainConfig
from transformers import AutoConfig

from fovea_skyrl.decoders import FAMILIES
from fovea_skyrl.errors import ShardedSequenceError, UnsupportedModelError
from fovea_skyrl.request import KEYS
from fovea_skyrl.versions import require, require_version
from fovea_skyrl.weight_names import DELTA, check_delta
from fovea_skyrl.wire import capabilities

CAPABILITIES_PATH = "/api/v1/get_server_capabilities"
PACKING = ("remove_microbatch_padding", "use_sample_packing")
LOSS = "cross_entropy"
"""The loss whose `loss_fn_config` may hold our keys: `forward` evaluates none, and signed weights of this one are any loss."""


def without_packing(config: EngineConfig) -> EngineConfig:
    """The configuration with SkyRL's default, to pack sequences into one row, turned off where nothing was said."""
    said = config.backend_config
    if any(name in str(said) for name in PACKING):
        return config
    return config.model_copy(update={"backend_config": said | {f"trainer.{PACKING[0]}": False}})


def check(config: EngineConfig) -> None:
    """Refuses at the start what could not give signals later, or would lose pictures or weights on the way.

    Raises SkyRLVersionError for another release, UnsupportedModelError for another backend, another model family or a
    sampler that is sent text alone, ShardedSequenceError for options that split or pack sequences, as SkyRL itself reads
    them, or whose micro-batches have no images on some ranks, and WeightNameError where weights would not reach the sampler.
    """
    require_version()
    if config.backend != "fsdp":
        raise UnsupportedModelError(f"--backend: expected fsdp, got {config.backend}")
    if config.external_inference_url:
        raise UnsupportedModelError(
            "--external-inference-url: expected none, since SkyRL sends such a sampler text alone; "
            "generator.inference_engine.external_server_urls has images"
        )
    overrides = SkyRLTrainConfig.from_cli_overrides(dict(config.backend_config))
    trainer = overrides.trainer
    size = trainer.policy.sequence_parallel_size
    if size != 1:
        raise ShardedSequenceError(
            f"trainer.policy.sequence_parallel_size: expected 1, got {size}; signals need all keys of a sequence"
        )
    if trainer.remove_microbatch_padding:
        raise ShardedSequenceError("trainer.remove_microbatch_padding: expected false, got true")
    ranks = trainer.placement.policy_num_nodes * trainer.placement.policy_num_gpus_per_node
    most = trainer.max_tokens_per_microbatch
    if most > 0 and ranks > 1:
        raise ShardedSequenceError(
            f"trainer.max_tokens_per_microbatch: expected -1 with {ranks} ranks, got {most}; the micro-batches that SkyRL adds "
            "on ranks with fewer have no images, and a rank that does not run the vision tower waits for ever for those that do"
        )
    kind = AutoConfig.from_pretrained(config.base_model).model_type
    if kind not in FAMILIES:
        raise UnsupportedModelError(
            f"--base-model: expected a model of type {', '.join(FAMILIES)}, got {kind} ({config.base_model})"
        )
    if overrides.generator.inference_engine.weight_sync_backend == DELTA:
        check_delta(config.base_model)


def install() -> None:
    """Changes SkyRL's application: the capabilities, the keys that a request may have, the engine that is started.

    Samples go through that engine. Where trainer and sampler have GPUs of their own, SkyRL sends them to vLLM itself, and
    leaves out the images.
    """
    require(api, "app", "get_server_capabilities", "_build_uv_run_cmd_engine", "ForwardBackwardInput")
    require(api, "_should_forward_sample_requests")
    api._should_forward_sample_requests = lambda _: False
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
