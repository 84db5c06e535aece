"""Two processes that hold half of the weights each (FSDP2, gloo) say what one process says."""

import os
import socket
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing
from recorded import load_case, load_model
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor

from fovea_skyrl import AttentionRequest, CalibratedRequest, SignalRequest, score
from fovea_skyrl.decoders import full_attention_layers

REQUEST = SignalRequest(AttentionRequest("own", "sharpness"), CalibratedRequest("predicting", layers=2), entropy=True)


def shard(model):
    """As SkyRL wraps a model: each decoder layer and vision block on its own, then the whole."""
    mesh = init_device_mesh("cpu", (dist.get_world_size(),))
    for block in (*model.model.language_model.layers, *model.model.visual.blocks):
        fully_shard(block, mesh=mesh)
    fully_shard(model, mesh=mesh)


def worker(rank: int, port: int, checkpoint: str, case: str, out: str) -> None:
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    dist.init_process_group("gloo", rank=rank, world_size=2)
    model = load_model(checkpoint)
    shard(model)
    weight = full_attention_layers(model)[-1].q_proj.weight
    assert isinstance(weight, DTensor) and weight.to_local().shape[0] * 2 == weight.shape[0]
    # Data parallelism: the ranks have batches of different completions, padded on different sides.
    batch = load_case(checkpoint, case, "left" if rank == 0 else "right")
    lengths = [length - rank for length in batch.lengths]
    scores = score(model, batch.inputs, lengths, REQUEST)
    torch.save([each.signals | {"logprobs": each.logprobs} for each in scores], Path(out) / f"{rank}.pt")
    dist.destroy_process_group()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.mark.parametrize(("checkpoint", "case"), [("untied-gqa", "padded-batch"), ("tied-gqa", "four-images")])
def test_two_ranks_say_what_one_process_says(tmp_path, checkpoint, case):
    multiprocessing.spawn(worker, (free_port(), checkpoint, case, str(tmp_path)), nprocs=2)
    model = load_model(checkpoint)
    batch = load_case(checkpoint, case)
    for rank in (0, 1):
        model.model.rope_deltas = None
        alone = score(model, batch.inputs, [length - rank for length in batch.lengths], REQUEST)
        sharded = torch.load(tmp_path / f"{rank}.pt")
        assert len(alone) == len(sharded)
        for one, other in zip(alone, sharded, strict=True):
            expected = one.signals | {"logprobs": one.logprobs}
            assert set(other) == set(expected)
            for name, values in expected.items():
                torch.testing.assert_close(other[name], values, rtol=1e-4, atol=1e-5)
