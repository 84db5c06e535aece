"""Cosines of hidden states equal those that transformers gave in double precision, which Fovea's own engine is held to too."""

import pytest
import torch
from recorded import read

from fovea_skyrl import HiddenRequest, RequestError, SignalRequest, score

CHECKPOINTS = ["tied-gqa", "untied-gqa", "tied-mha", "untied-mqa"]
CASES = ["one-image", "four-images", "padded-batch", "text-only"]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("checkpoint", CHECKPOINTS)
def test_cosines_are_those_of_transformers(model_of, case_of, checkpoint, case, side):
    model, batch = model_of(checkpoint), case_of(checkpoint, case, side)
    expected = read("model/views.json")["checkpoints"][checkpoint][case]
    for layers in ("last", "all"):
        for pairing in ("mean", "pairwise"):
            model.model.rope_deltas = None
            request = SignalRequest(hidden=HiddenRequest(pairing, layers))
            scores = score(model, batch.inputs, batch.lengths, request)
            for ours, theirs in zip(scores, expected, strict=True):
                assert set(ours.signals) == set(request.names) == {"hidden_cosine"}
                wanted = torch.tensor(theirs["cosines"][f"{layers} {pairing}"])
                torch.testing.assert_close(ours.signals["hidden_cosine"], wanted, rtol=0, atol=1e-4)


def test_they_go_with_other_signals_and_leave_no_hook(model_of, case_of):
    model, batch = model_of("tied-gqa"), case_of("tied-gqa", "one-image")
    request = SignalRequest.from_config({"fovea.hidden_cosine": 1, "fovea.attention": 1, "fovea.entropy": 1})
    model.model.rope_deltas = None
    (found,) = score(model, batch.inputs, batch.lengths, request)
    assert set(found.signals) == set(request.names)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_requests_are_read_and_refused():
    assert SignalRequest.from_config({"fovea.hidden_cosine": 2, "fovea.hidden_layers": 2}) == SignalRequest(
        hidden=HiddenRequest("pairwise", "all")
    )
    assert SignalRequest.from_config({"fovea.hidden_cosine": 1}) == SignalRequest(hidden=HiddenRequest())
    for config, says in (
        ({"fovea.hidden_cosine": 3}, "expected one of 1 .mean., 2 .pairwise., got 3"),
        ({"fovea.hidden_layers": 2}, "which is not asked for"),
    ):
        with pytest.raises(RequestError, match=says):
            SignalRequest.from_config(config)
