"""SkyRL's dispatch, which sends weights to the samplers, and then makes them forget what old weights made of pictures."""

from typing import Any

import ray
from aiohttp import ClientError
from skyrl.backends.skyrl_train.workers.worker_dispatch import WorkerDispatch

from fovea_skyrl.errors import SamplerError

RESET = "/reset_encoder_cache"


class PictureDispatch(WorkerDispatch):
    """vLLM 0.30 keeps embeddings of pictures over a weight sync: pictures seen before would be those of the old vision tower."""

    async def save_weights_for_sampler(self, model_id: str | None = None) -> None:
        await super().save_weights_for_sampler(model_id=model_id)
        await reset_encoder_caches(self._inference_engine_client)

    def set_adam(self, betas: tuple[float, float], eps: float, weight_decay: float) -> None:
        """Gives the policy's optimiser what an `optim_step` names."""
        group = self._actor_groups["policy"]
        ray.get(group.async_run_ray_method("pass_through", "set_adam", betas, eps, weight_decay))


async def reset_encoder_caches(client: Any) -> None:
    """Raises SamplerError where a server does not do it."""
    try:
        await client._call_all_servers(RESET, {})
    except ClientError as error:
        raise SamplerError(
            f"POST {RESET}: expected every sampler to empty its encoder cache after new weights, got {error!r}; pictures "
            "seen before would be those of the old weights"
        ) from error
