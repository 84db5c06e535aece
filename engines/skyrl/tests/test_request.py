import pytest

from fovea_skyrl import AttentionRequest, BiasCurve, CalibratedRequest, RequestError, SignalRequest


def test_nothing_is_asked_for_without_keys_of_ours():
    assert SignalRequest.from_config(None) is None
    assert SignalRequest.from_config({"clip_low_threshold": 0.8}) is None
    assert SignalRequest.from_config({"fovea.entropy": 0}) is None


def test_numbers_stand_for_rows_measures_and_switches():
    assert SignalRequest.from_config({"fovea.attention": 1}) == SignalRequest(AttentionRequest("own"))
    config = {"fovea.attention": 2, "fovea.attention_measure": 2, "fovea.entropy": 1}
    asked = SignalRequest.from_config(config | {"fovea.calibrated": 2, "fovea.calibrated_layers": 6.0})
    assert asked == SignalRequest(
        AttentionRequest("predicting", "divergence"), CalibratedRequest("predicting", 6), entropy=True
    )
    even = SignalRequest.from_config({"fovea.calibrated": 1, "fovea.bias_correction": 0})
    assert even == SignalRequest(calibrated=CalibratedRequest("own", 4, bias_correction=False))
    curve = SignalRequest.from_config({"fovea.calibrated": 1, "fovea.bias_decay": 8.0, "fovea.bias_cosine": 0.0})
    assert curve == SignalRequest(calibrated=CalibratedRequest("own", bias_curve=BiasCurve(0.15, 8.0, 0.0)))


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"fovea.attenton": 1}, "unknown keys .*attenton"),
        ({"fovea.attention": 3}, "expected one of 1 .own., 2 .predicting., got 3"),
        ({"fovea.calibrated": 1, "fovea.calibrated_layers": 0}, "at least 1, got 0"),
        ({"fovea.calibrated": 1, "fovea.calibrated_layers": 1.5}, "got 1.5"),
        ({"fovea.calibrated_layers": 2}, "which is not asked for"),
        ({"fovea.attention_measure": 1}, "which is not asked for"),
        ({"fovea.bias_decay": 2}, "which is not asked for"),
        ({"fovea.calibrated": 1, "fovea.bias_decay": -1}, "fovea.bias_decay: .* at least 0.0, got -1"),
        ({"fovea.calibrated": 1, "fovea.bias_cosine": 1}, "fovea.bias_cosine: .*, got 1"),
        ({"fovea.entropy": 2}, "fovea.entropy: expected one of"),
    ],
)
def test_what_cannot_be_understood_is_refused(config, says):
    with pytest.raises(RequestError, match=says):
        SignalRequest.from_config(config)


def test_the_layers_read_are_those_of_the_deepest_request():
    assert SignalRequest(entropy=True).layers == 0
    assert SignalRequest(AttentionRequest()).layers == 1
    assert SignalRequest(AttentionRequest(), CalibratedRequest(layers=3)).layers == 3
