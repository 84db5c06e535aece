"""After new weights every sampler empties its encoder cache."""

import asyncio
from types import SimpleNamespace

import pytest
from aiohttp import ClientError
from skyrl.backends.skyrl_train.workers.worker_dispatch import WorkerDispatch
from skyrl.backends.skyrl_train_backend import SkyRLTrainBackend

from fovea_skyrl import SamplerError
from fovea_skyrl.backend import SignalBackend
from fovea_skyrl.dispatch import PictureDispatch


class Client:
    def __init__(self, error=None):
        self.calls, self.error = [], error

    async def _call_all_servers(self, endpoint, json):
        self.calls.append(endpoint)
        if self.error:
            raise self.error


def synced(monkeypatch, client):
    """A sync of weights by SkyRL's dispatch, whose own part is left out but for its place in the order."""

    async def sync(self, model_id=None):
        client.calls.append(f"sync {model_id}")

    monkeypatch.setattr(WorkerDispatch, "save_weights_for_sampler", sync)
    dispatch = PictureDispatch.__new__(PictureDispatch)
    dispatch._inference_engine_client = client
    asyncio.run(dispatch.save_weights_for_sampler(model_id="m"))


def test_the_caches_are_reset_after_the_sync(monkeypatch):
    client = Client()
    synced(monkeypatch, client)
    assert client.calls == ["sync m", "/reset_encoder_cache"]


def test_a_sampler_that_does_not_do_it_fails_the_sync(monkeypatch):
    with pytest.raises(SamplerError, match="POST /reset_encoder_cache: .*no such route.*; pictures seen before"):
        synced(monkeypatch, Client(ClientError("no such route")))


def test_the_backend_takes_this_dispatch_and_this_worker():
    import skyrl.backends.skyrl_train_backend as backend_module
    import skyrl.tinker.engine as engine_module

    from fovea_skyrl import engine_process

    engine_process.install()
    assert backend_module.WorkerDispatch is PictureDispatch
    assert engine_module.get_backend_classes("fsdp")[0] is SignalBackend


def test_each_model_has_delta_folders_of_its_own(monkeypatch):
    """As released, a second model on the same samplers fails: `Local checkpoint version 26 is ahead of requested ...`."""
    seen = []
    monkeypatch.setattr(
        SkyRLTrainBackend,
        "init_weight_sync_state",
        lambda self: seen.append(vars(self._cfg.generator.inference_engine.delta_weight_sync).copy()),
    )
    for _ in range(2):
        folders = SimpleNamespace(sync_dir="/shared/sync/", local_checkpoint_dir="/local", publish_staging_dir=None)
        engine = SimpleNamespace(weight_sync_backend="delta", delta_weight_sync=folders)
        backend = SignalBackend.__new__(SignalBackend)
        backend._cfg = SimpleNamespace(generator=SimpleNamespace(inference_engine=engine))
        backend.init_weight_sync_state()
    first, second = seen
    assert first["publish_staging_dir"] is None
    for name, parent in (("sync_dir", "/shared/sync"), ("local_checkpoint_dir", "/local")):
        assert first[name].rpartition("/")[0] == parent
        assert first[name] != second[name]
