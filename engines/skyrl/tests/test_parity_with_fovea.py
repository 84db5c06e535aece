"""Signals equal those that Fovea's own engine computed from the same checkpoint directories."""

import pytest
import torch

from fovea_skyrl import AttentionRequest, CalibratedRequest, SignalRequest, score

CHECKPOINTS = ["tied-gqa", "untied-gqa", "tied-mha", "untied-mqa"]
CASES = ["one-image", "four-images", "padded-batch", "text-only"]


def request_of(recorded):
    attention, calibrated = recorded["attention"], recorded["calibrated"]
    return SignalRequest(
        AttentionRequest(attention["row"], attention["measure"]),
        CalibratedRequest(calibrated["row"], calibrated["layers"], calibrated["biasCorrection"]),
        entropy=True,
    )


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("checkpoint", CHECKPOINTS)
def test_signals_log_probs_and_entropy_are_those_of_the_local_engine(model_of, case_of, recording, checkpoint, case, side):
    model, batch = model_of(checkpoint), case_of(checkpoint, case, side)
    expected = recording["checkpoints"][checkpoint][case]
    for row, recorded in recording["requests"].items():
        model.model.rope_deltas = None
        scores = score(model, batch.inputs, batch.lengths, request_of(recorded), recording["temperature"])
        assert len(scores) == len(expected)
        for ours, theirs in zip(scores, expected, strict=True):
            wanted = theirs[row] | {"entropy": theirs["entropy"]}
            assert set(ours.signals) == set(wanted) == set(request_of(recorded).names)
            for name, values in wanted.items():
                close(ours.signals[name].flatten(), values, f"{row} {name}")
            close(ours.logprobs, theirs["logprobs"], "logprobs")


def close(ours, theirs, what):
    expected = torch.tensor(theirs, dtype=torch.float32)
    torch.testing.assert_close(ours, expected, rtol=1e-5, atol=1e-4, msg=lambda text: f"{what}: {text}")
