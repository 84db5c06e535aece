"""SkyRL's model wrapper and policy worker give the signals of Fovea's own engine."""

import pytest
import torch
from inside_skyrl import CHECKPOINT, TEMPERATURE, run_together, training_batch, worker
from recorded import read

from fovea_skyrl import AttentionRequest, CalibratedRequest, ShardedSequenceError, SignalRequest
from fovea_skyrl.worker import OUTPUT

RECORDING = read("skyrl/signals.json")
REQUESTS = {
    "own": SignalRequest(AttentionRequest("own", "sharpness"), CalibratedRequest("own", 2), entropy=True),
    "predicting": SignalRequest(
        AttentionRequest("predicting", "divergence"),
        CalibratedRequest("predicting", 4, bias_correction=False),
        entropy=True,
    ),
}


@pytest.mark.parametrize("max_tokens", [-1, 60], ids=["by sequences", "by tokens"])
@pytest.mark.parametrize("case", ["one-image", "four-images", "padded-batch", "text-only"])
@pytest.mark.parametrize("row", ["own", "predicting"])
def test_a_workers_signals_are_those_of_the_local_engine(row, case, max_tokens):
    output = worker(2, max_tokens).forward(training_batch(case, REQUESTS[row]))
    assert RECORDING["temperature"] == TEMPERATURE
    expected = [RECORDING["checkpoints"][CHECKPOINT][case][index] for index in run_together(case)]
    assert len(output.loss_fn_outputs) == len(expected)
    for ours, theirs in zip(output.loss_fn_outputs, expected, strict=True):
        length = len(theirs["logprobs"])
        close(ours["logprobs"][-length:], theirs["logprobs"])
        wanted = theirs[row] | {"entropy": theirs["entropy"]}
        assert set(ours[OUTPUT]) == set(wanted)
        for name, values in wanted.items():
            if name == "gram":
                values = torch.tensor(values).view(length, length)[tuple(torch.tril_indices(length, length))].tolist()
            assert ours[OUTPUT][name]["shape"] == [len(values)]
            close(ours[OUTPUT][name]["data"], values)


def test_a_completion_of_no_tokens_has_signals_of_no_tokens():
    batch = training_batch("padded-batch", REQUESTS["own"])
    batch["response_mask"][0] = 0
    none, some = worker(1).forward(batch).loss_fn_outputs[:2]
    assert none["logprobs"] == [] and all(tensor["data"] == [] for tensor in none[OUTPUT].values())
    assert set(none[OUTPUT]) == set(some[OUTPUT]) == set(REQUESTS["own"].names)
    assert len(some[OUTPUT]["visual_mass"]["data"]) > 0


def test_sequence_parallelism_and_packing_are_refused():
    made = worker()
    made.model.sequence_parallel_size = 2
    with pytest.raises(ShardedSequenceError, match="sequence_parallel_size: expected 1.*got 2"):
        made.forward(training_batch("one-image", REQUESTS["own"]))
    made.model.sequence_parallel_size = 1
    made.model.remove_microbatch_padding = True
    with pytest.raises(ShardedSequenceError, match="remove_microbatch_padding: expected false"):
        made.forward(training_batch("one-image", REQUESTS["own"]))


def test_the_optimiser_gets_what_a_step_names():
    made = worker()
    made.optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.ones(2))], lr=0.1)
    made.set_adam((0.8, 0.9), 1e-6, 0.5)
    [group] = made.optimizer.param_groups
    assert (group["betas"], group["eps"], group["weight_decay"], group["lr"]) == ((0.8, 0.9), 1e-6, 0.5, 0.1)


def close(ours, theirs):
    as_numbers = (torch.tensor(each, dtype=torch.float64) for each in (ours, theirs))
    torch.testing.assert_close(*as_numbers, rtol=1e-5, atol=1e-4)
