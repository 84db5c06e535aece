"""SkyRL's wrapper, sharded over two processes by SkyRL's own function, gives the signals that one process gives."""

import os
import socket
from dataclasses import replace
from pathlib import Path

import flash_attn_stand_in
import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing

from fovea_skyrl import AttentionRequest, CalibratedRequest, ReplacementRequest, SignalRequest

ATTENTION = SignalRequest(AttentionRequest("own", "sharpness"), CalibratedRequest("own", layers=2), entropy=True)
REQUESTS = {
    "two views": replace(ATTENTION, nucleus=0.9, divergence=True, hidden_images="second"),
    "groups": replace(ATTENTION, group=3),
    "replaced values": replace(ATTENTION, replacement=ReplacementRequest(threshold=1.0)),
}


def batch_of(case: str, name: str):
    from inside_skyrl import batch_of_groups, training_batch

    from fovea_skyrl.views import with_second_view

    request = REQUESTS[name]
    if request.group:
        return batch_of_groups(case, request)
    batch = training_batch(case, request)
    return with_second_view(batch, training_batch(case, request, "black")) if request.divergence else batch


def rank_outputs(rank: int, port: int, case: str, name: str, out: str) -> None:
    flash_attn_stand_in.import_wrapper()
    from inside_skyrl import worker
    from skyrl.backends.skyrl_train.distributed.fsdp_utils import apply_fsdp2
    from skyrl.train.config import SkyRLTrainConfig
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import DTensor

    torch.set_num_threads(1)
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    dist.init_process_group("gloo", rank=rank, world_size=2)
    made = worker()
    options = SkyRLTrainConfig().trainer.policy.fsdp_config
    apply_fsdp2(made.model.model, {"mesh": init_device_mesh("cpu", (2,)), "reshard_after_forward": True}, options)
    assert all(isinstance(each, DTensor) for each in made.model.model.parameters())
    torch.save(made.forward(batch_of(case, name)).loss_fn_outputs, Path(out) / f"{rank}.pt")
    dist.destroy_process_group()


@pytest.mark.parametrize("name", list(REQUESTS))
@pytest.mark.parametrize("case", ["padded-batch", "four-images"])
def test_two_ranks_say_what_one_process_says(tmp_path, case, name):
    from inside_skyrl import worker

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    multiprocessing.spawn(rank_outputs, (port, case, name, str(tmp_path)), nprocs=2)
    alone = with_members(worker().forward(batch_of(case, name)).loss_fn_outputs)
    for rank in (0, 1):
        sharded = with_members(torch.load(tmp_path / f"{rank}.pt"))
        assert len(sharded) == len(alone)
        for one, other in zip(alone, sharded, strict=True):
            assert set(one["fovea"]) == set(other["fovea"])
            close(other["logprobs"], one["logprobs"])
            for name, tensor in one["fovea"].items():
                close(other["fovea"][name]["data"], tensor["data"])


def with_members(outputs):
    return [each for one in outputs for each in (one, *one.get("fovea_members", []))]


def close(ours, theirs):
    as_numbers = (torch.tensor(each, dtype=torch.float64) for each in (ours, theirs))
    torch.testing.assert_close(*as_numbers, rtol=1e-4, atol=1e-5)
