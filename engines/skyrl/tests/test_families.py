"""Signals of Qwen2-VL and Qwen3-VL equal those that Fovea's own engine computed from the same checkpoint directories."""

import pytest
import torch
from families import case_of, load_model, sequences_of
from recorded import read

from fovea_skyrl import AttentionRequest, CalibratedRequest, HiddenRequest, SignalRequest, score

RECORDING = read("skyrl/families.json")
CASES = [(checkpoint, case) for checkpoint, cases in RECORDING["checkpoints"].items() for case in cases]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(("checkpoint", "case"), CASES)
def test_signals_log_probs_and_entropy_are_those_of_the_local_engine(checkpoint, case, side):
    model, batch = load_model(checkpoint), case_of(checkpoint, sequences_of(checkpoint, case), side)
    expected = RECORDING["checkpoints"][checkpoint][case]
    for row, recorded in RECORDING["requests"].items():
        attention, calibrated = recorded["attention"], recorded["calibrated"]
        request = SignalRequest(
            AttentionRequest(attention["row"], attention["measure"]),
            CalibratedRequest(calibrated["row"], calibrated["layers"], calibrated["biasCorrection"]),
            entropy=True,
        )
        scores = score(model, batch.inputs, batch.lengths, request, RECORDING["temperature"])
        for ours, theirs in zip(scores, expected, strict=True):
            wanted = theirs[row] | {"entropy": theirs["entropy"]}
            assert set(ours.signals) == set(wanted) == set(request.names)
            for name, values in wanted.items():
                close(ours.signals[name].flatten(), values)
            close(ours.logprobs, theirs["logprobs"])


@pytest.mark.parametrize(("layers", "pairing"), [("last", "mean"), ("all", "pairwise")])
@pytest.mark.parametrize(("checkpoint", "case"), CASES)
def test_likeness_of_hidden_states_is_that_of_the_local_engine(checkpoint, case, layers, pairing):
    batch = case_of(checkpoint, sequences_of(checkpoint, case))
    request = SignalRequest(hidden=HiddenRequest(pairing, layers))
    scores = score(load_model(checkpoint), batch.inputs, batch.lengths, request)
    for ours, theirs in zip(scores, RECORDING["checkpoints"][checkpoint][case], strict=True):
        close(ours.signals["hidden_cosine"], theirs[f"{layers} {pairing}"])


def close(ours, theirs):
    torch.testing.assert_close(ours, torch.tensor(theirs, dtype=torch.float32), rtol=1e-5, atol=1e-4)
