"""SkyRL's model wrapper and policy worker give the signals of Fovea's own engine."""

import pytest
import torch
from inside_skyrl import CHECKPOINT, TEMPERATURE, batch_of_groups, run_together, training_batch, worker
from recorded import read
from skyrl.backends.skyrl_train.workers.worker_utils import TokenBasedBatchIterator

from fovea_skyrl import (
    AttentionRequest,
    CalibratedRequest,
    ClusterRequest,
    ReplacementRequest,
    ShardedSequenceError,
    SignalRequest,
)
from fovea_skyrl.passes import MEMBERS, OUTPUT, forward_with_signals
from fovea_skyrl.views import SECOND_VIEW, with_second_view

RECORDING = read("skyrl/signals.json")
DISTRIBUTIONS = read("skyrl/distributions.json")
MANY = SignalRequest(
    calibrated=CalibratedRequest(gram=False, clusters=ClusterRequest(neighbours=1)),
    nucleus=0.9,
    alternatives=2,
    divergence=True,
)
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


@pytest.mark.parametrize("max_tokens", [-1, 60], ids=["by sequences", "by tokens"])
@pytest.mark.parametrize("case", ["one-image", "padded-batch", "text-only"])
@pytest.mark.parametrize("ablation", ["black", "discard", "mask-attention"])
def test_measures_of_distributions_are_those_of_the_local_engine(ablation, case, max_tokens):
    request = SignalRequest(
        nucleus=DISTRIBUTIONS["nucleus"],
        alternatives=DISTRIBUTIONS["alternatives"],
        divergence=True,
        hidden_images="second" if ablation == "mask-attention" else None,
    )
    batch = with_second_view(training_batch(case, request), training_batch(case, request, ablation))
    outputs = worker(2, max_tokens).forward(batch).loss_fn_outputs
    assert DISTRIBUTIONS["temperature"] == TEMPERATURE
    expected = [DISTRIBUTIONS["checkpoints"][CHECKPOINT][case][index] for index in run_together(case)]
    for ours, theirs in zip(outputs, expected, strict=True):
        wanted = {name: values for name, values in theirs.items() if isinstance(values, list)} | theirs[ablation]
        assert set(ours[OUTPUT]) == set(wanted)
        for name, values in wanted.items():
            close(ours[OUTPUT][name]["data"], values)


@pytest.mark.parametrize("max_tokens", [-1, 60], ids=["by sequences", "by tokens"])
@pytest.mark.parametrize("case", ["one-image", "four-images", "padded-batch", "text-only"])
def test_divergences_within_groups_are_those_of_the_local_engine(case, max_tokens):
    recording = read("skyrl/groups.json")
    request = SignalRequest(AttentionRequest("own", "sharpness"), CalibratedRequest("own", 2), entropy=True, group=3)
    outputs = worker(2, max_tokens).forward(batch_of_groups(case, request)).loss_fn_outputs
    assert recording["temperature"] == TEMPERATURE
    for lead, index in zip(outputs, run_together(case), strict=True):
        members = [lead, *lead[MEMBERS]]
        for ours, theirs in zip(members, recording["checkpoints"][CHECKPOINT][case][index], strict=True):
            assert set(ours[OUTPUT]) == set(request.names)
            close(ours[OUTPUT]["group_divergence"]["data"], theirs)
            assert len(ours["logprobs"]) == len(ours[OUTPUT]["visual_mass"]["data"]) == len(theirs)
        # The first member is the recorded completion, whose other signals are as without a group.
        alone = RECORDING["checkpoints"][CHECKPOINT][case][index]
        close(lead["logprobs"], alone["logprobs"])
        close(lead[OUTPUT]["visual_mass"]["data"], alone["own"]["visual_mass"])


def test_a_padding_batch_runs_as_many_passes_and_has_no_completions():
    request = SignalRequest(entropy=True, divergence=True, group=3)
    groups = with_second_view(batch_of_groups("text-only", request), batch_of_groups("text-only", request))
    padding = TokenBasedBatchIterator(groups, 1000)._create_padding_microbatch()
    padding["sequences"] %= 80
    made, passes = worker(), []
    handle = made.model.model.register_forward_pre_hook(lambda *_: passes.append(1))
    [lead] = forward_with_signals(made.model, padding, request, TEMPERATURE)
    handle.remove()
    assert len(passes) == 6
    members = [lead, *lead[MEMBERS]]
    assert [each["logprobs"] for each in members] == [[]] * 3
    assert all(tensor["data"] == [] for each in members for tensor in each[OUTPUT].values())


@pytest.mark.parametrize("max_tokens", [-1, 60], ids=["by sequences", "by tokens"])
@pytest.mark.parametrize("case", ["one-image", "four-images", "padded-batch", "text-only"])
@pytest.mark.parametrize("name", ["vector", "number"])
def test_replaced_values_give_the_log_probs_of_the_local_engine(name, case, max_tokens):
    recording = read("skyrl/replaced.json")
    asked = recording["replacements"][name]
    request = SignalRequest(entropy=True, replacement=ReplacementRequest(asked["mean"], asked["threshold"]))
    outputs = worker(2, max_tokens).forward(training_batch(case, request)).loss_fn_outputs
    for ours, index in zip(outputs, run_together(case), strict=True):
        theirs = recording["checkpoints"][CHECKPOINT][case][index][name]
        close(ours["logprobs"], theirs["logprobs"])
        close(ours[OUTPUT]["entropy"]["data"], theirs["entropy"])


@pytest.mark.parametrize("request_", [REQUESTS["own"], MANY], ids=["attention", "clusters and distributions"])
def test_a_completion_of_no_tokens_has_signals_of_no_tokens(request_):
    batch = with_second_view(training_batch("padded-batch", request_), training_batch("padded-batch", request_))
    batch["response_mask"][0] = batch[SECOND_VIEW + "response_mask"][0] = 0
    none, some = worker(1).forward(batch).loss_fn_outputs[:2]
    assert none["logprobs"] == [] and all(tensor["data"] == [] for tensor in none[OUTPUT].values())
    assert set(none[OUTPUT]) == set(some[OUTPUT]) == set(request_.names)
    for name, tensor in some[OUTPUT].items():
        assert tensor["data"]
        # An answer holds the two as one field, ragged in its first dimension.
        assert (none[OUTPUT][name]["dtype"], none[OUTPUT][name]["shape"][1:]) == (tensor["dtype"], tensor["shape"][1:])


REFUSED = [REQUESTS["own"], SignalRequest(group=1), SignalRequest(replacement=ReplacementRequest())]


@pytest.mark.parametrize("request_", REFUSED, ids=["attention", "groups", "replaced values"])
def test_sequence_parallelism_and_packing_are_refused(request_):
    made = worker()
    made.model.sequence_parallel_size = 2
    with pytest.raises(ShardedSequenceError, match="sequence_parallel_size: expected 1.*got 2"):
        made.forward(training_batch("one-image", request_))
    made.model.sequence_parallel_size = 1
    made.model.remove_microbatch_padding = True
    with pytest.raises(ShardedSequenceError, match="remove_microbatch_padding: expected false"):
        made.forward(training_batch("one-image", request_))


def test_the_optimiser_gets_what_a_step_names():
    made = worker()
    made.optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.ones(2))], lr=0.1)
    made.set_adam((0.8, 0.9), 1e-6, 0.5)
    [group] = made.optimizer.param_groups
    assert (group["betas"], group["eps"], group["weight_decay"], group["lr"]) == ((0.8, 0.9), 1e-6, 0.5, 0.1)


def close(ours, theirs):
    as_numbers = (torch.tensor(each, dtype=torch.float64) for each in (ours, theirs))
    torch.testing.assert_close(*as_numbers, rtol=1e-5, atol=1e-4)
