"""Measures of whole distributions, by hand and against Fovea's own engine on checkpoints of three families."""

import math

import pytest
import torch
from families import case_of, in_view, load_model, sequences_of
from recorded import read

from fovea_skyrl import RequestError, SignalRequest, score
from fovea_skyrl.distributions import ROWS_AT_ONCE, distribution_signals, divergence_signals, nucleus_entropy
from fovea_skyrl.request import DIVERGENCE_SIGNALS

RECORDING = read("skyrl/distributions.json")
CASES = [(checkpoint, case) for checkpoint, cases in RECORDING["checkpoints"].items() for case in cases]
ABLATIONS = ["black", "discard", "mask-attention"]


@pytest.mark.parametrize(("checkpoint", "case"), CASES)
def test_nuclei_and_likeliest_tokens_are_those_of_the_local_engine(checkpoint, case):
    batch = case_of(checkpoint, sequences_of(checkpoint, case), "right")
    request = SignalRequest(nucleus=RECORDING["nucleus"], alternatives=RECORDING["alternatives"])
    scores = score(load_model(checkpoint), batch.inputs, batch.lengths, request, RECORDING["temperature"])
    for ours, theirs in zip(scores, RECORDING["checkpoints"][checkpoint][case], strict=True):
        assert set(ours.signals) == set(request.names) == {name for name in theirs if name not in ABLATIONS}
        assert ours.signals["alternatives"].flatten().tolist() == theirs["alternatives"]
        for name in ("nucleus_entropy", "alternative_logprobs"):
            close(ours.signals[name].flatten(), theirs[name])


@pytest.mark.parametrize("ablation", ABLATIONS)
@pytest.mark.parametrize(("checkpoint", "case"), CASES)
def test_divergences_from_an_ablated_view_are_those_of_the_local_engine(checkpoint, case, ablation):
    sequences = sequences_of(checkpoint, case)
    first = case_of(checkpoint, sequences)
    second = case_of(checkpoint, in_view(sequences, ablation), "right")
    request = SignalRequest(divergence=True, hidden_images="second" if ablation == "mask-attention" else None)
    model = load_model(checkpoint)
    scores = score(model, first.inputs, first.lengths, request, RECORDING["temperature"], second.inputs)
    for ours, theirs in zip(scores, RECORDING["checkpoints"][checkpoint][case], strict=True):
        assert set(ours.signals) == set(request.names) == set(DIVERGENCE_SIGNALS)
        for name, values in theirs[ablation].items():
            close(ours.signals[name], values)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_hidden_images_of_the_only_view_give_the_log_probs_of_that_view():
    batch = case_of("tied-gqa", sequences_of("tied-gqa", "four-images"))
    scores = score(load_model("tied-gqa"), batch.inputs, batch.lengths, SignalRequest(hidden_images="first"), 0.8)
    for ours, theirs in zip(scores, RECORDING["checkpoints"]["tied-gqa"]["four-images"], strict=True):
        close(ours.logprobs, theirs["mask-attention"]["ablated_logprobs"])


def test_a_nucleus_by_hand():
    logs = torch.tensor([[0.5, 0.25, 0.15, 0.1]]).log()
    assert nucleus_entropy(logs, 0.5).item() == pytest.approx(0, abs=1e-6)
    third = -(2 / 3) * math.log(2 / 3) - (1 / 3) * math.log(1 / 3)
    assert nucleus_entropy(logs, 0.6).item() == pytest.approx(third, abs=1e-6)
    whole = -sum(p * math.log(p) for p in (0.5, 0.25, 0.15, 0.1))
    assert nucleus_entropy(logs, 1).item() == pytest.approx(whole, abs=1e-6)


def test_divergences_by_hand():
    p, q = torch.tensor([[0.5, 0.5]]).log(), torch.tensor([[0.25, 0.75]]).log()
    found = divergence_signals(p, q)
    assert found["divergence"].item() == pytest.approx(0.5 * math.log(4 / 3), abs=1e-6)
    half = (0.5 * math.log(0.5 / 0.375) + 0.5 * math.log(0.5 / 0.625)) / 2
    other = (0.25 * math.log(0.25 / 0.375) + 0.75 * math.log(0.75 / 0.625)) / 2
    assert found["jensen_shannon"].item() == pytest.approx(half + other, abs=1e-6)
    far = divergence_signals(torch.tensor([[90.0, -90.0]]), torch.tensor([[-90.0, 90.0]]))
    assert far["jensen_shannon"].item() == pytest.approx(math.log(2), abs=1e-6)


def test_more_rows_than_are_held_at_once_and_none():
    generator = torch.Generator().manual_seed(5)
    first, second = torch.randn(2, ROWS_AT_ONCE + 3, 7, generator=generator)
    request = SignalRequest(nucleus=0.7, alternatives=2)
    for name, values in (distribution_signals(first, request, 0.9) | divergence_signals(first, second, 0.9)).items():
        each = [
            (distribution_signals(first[i : i + 1], request, 0.9) | divergence_signals(first[i : i + 1], second[i : i + 1], 0.9))[
                name
            ]
            for i in range(len(first))
        ]
        torch.testing.assert_close(values, torch.cat(each))
    none = distribution_signals(first[:0], request) | divergence_signals(first[:0], second[:0])
    assert {name: tuple(values.shape) for name, values in none.items()} == {
        "nucleus_entropy": (0,),
        "alternatives": (0, 2),
        "alternative_logprobs": (0, 2),
        "divergence": (0,),
        "jensen_shannon": (0,),
    }


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"fovea.nucleus_entropy": 0}, r"in \(0, 1\], got 0"),
        ({"fovea.nucleus_entropy": 1.5}, r"in \(0, 1\], got 1.5"),
        ({"fovea.alternatives": 1001}, "at most 1000, got 1001"),
        ({"fovea.alternatives": 1.5}, "whole number of at least 0, got 1.5"),
        ({"fovea.divergence": 2}, "expected one of 0 .False., 1 .True., got 2"),
        ({"fovea.hidden_images": 2}, "needs fovea.divergence, which is not asked for"),
        ({"fovea.hidden_images": 4}, "expected one of 1 .first., 2 .second., 3 .both., got 4"),
        ({"fovea.hidden_images": 1, "fovea.attention": 1}, "no signals of a view whose images are hidden"),
    ],
)
def test_what_cannot_be_is_refused(config, says):
    with pytest.raises(RequestError, match=says):
        SignalRequest.from_config(config)


def test_requests_are_read():
    config = {"fovea.nucleus_entropy": 0.8, "fovea.alternatives": 5, "fovea.divergence": 1, "fovea.hidden_images": 3}
    asked = SignalRequest.from_config(config)
    assert asked == SignalRequest(nucleus=0.8, alternatives=5, divergence=True, hidden_images="both")
    assert asked.hides("first") and asked.hides("second")
    assert SignalRequest.from_config({"fovea.divergence": 0, "fovea.alternatives": 0}) is None


def test_a_divergence_needs_a_second_view():
    batch = case_of("tied-gqa", sequences_of("tied-gqa", "text-only"))
    with pytest.raises(RequestError, match="a second view: expected one"):
        score(load_model("tied-gqa"), batch.inputs, batch.lengths, SignalRequest(divergence=True))


def close(ours, theirs):
    torch.testing.assert_close(ours, torch.tensor(theirs, dtype=torch.float32), rtol=1e-5, atol=1e-4)
