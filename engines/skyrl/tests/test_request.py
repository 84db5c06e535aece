import pytest

from fovea_skyrl import AttentionRequest, BiasCurve, CalibratedRequest, ClusterRequest, RequestError, SignalRequest
from fovea_skyrl.request import CLUSTER_SIGNALS, temperature_of


def test_nothing_is_asked_for_without_keys_of_ours():
    assert SignalRequest.from_config(None) is None
    assert SignalRequest.from_config({"clip_low_threshold": 0.8}) is None
    assert SignalRequest.from_config({"fovea.entropy": 0}) is None


def test_numbers_stand_for_rows_measures_and_switches():
    assert SignalRequest.from_config({"fovea.attention": 1}) == SignalRequest(AttentionRequest("own"))
    config = {"fovea.attention": 2, "fovea.attention_measure": 2, "fovea.entropy": 1}
    asked = SignalRequest.from_config(config | {"fovea.calibrated": 2, "fovea.calibrated_layers": 6.0})
    assert asked == SignalRequest(AttentionRequest("predicting", "divergence"), CalibratedRequest("predicting", 6), entropy=True)
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
        ({"fovea.cluster_size": 8}, "fovea.cluster_size: an option of fovea.clusters, which is not asked for"),
        ({"fovea.clusters": 1, "fovea.calibrated": 2}, "expected the row of fovea.calibrated"),
        ({"fovea.clusters": 1, "fovea.cluster_size": 0.5}, "at least 1, got 0.5"),
        ({"fovea.clusters": 1, "fovea.similarity_threshold": 1.5}, r"in \[0, 1\], got 1.5"),
        ({"fovea.clusters": 1, "fovea.neighbours": 2.5}, "whole number of at least 0, got 2.5"),
        ({"fovea.clusters": 1, "fovea.partition_seed": float("nan")}, "got nan"),
    ],
)
def test_what_cannot_be_understood_is_refused(config, says):
    with pytest.raises(RequestError, match=says):
        SignalRequest.from_config(config)


def test_clusters_are_asked_for_with_the_gram_matrix_or_instead_of_it():
    clusters = ClusterRequest(0.5, 12.5, 3, 7)
    config = {
        "fovea.clusters": 2,
        "fovea.calibrated_layers": 2,
        "fovea.similarity_threshold": 0.5,
        "fovea.cluster_size": 12.5,
        "fovea.neighbours": 3,
        "fovea.partition_seed": 7,
    }
    alone = SignalRequest.from_config(config)
    assert alone == SignalRequest(calibrated=CalibratedRequest("predicting", 2, gram=False, clusters=clusters))
    assert alone.names == CLUSTER_SIGNALS
    both = SignalRequest.from_config(config | {"fovea.calibrated": 2})
    assert both.names == ("connectivity", "gram", *CLUSTER_SIGNALS)


def test_a_temperature_is_no_signal():
    assert SignalRequest.from_config({"fovea.temperature": 0.9}) is None
    assert temperature_of({"fovea.temperature": 0.9}) == 0.9
    assert temperature_of(None) is None
    for wrong in (0, -1, float("inf"), float("nan")):
        with pytest.raises(RequestError, match="fovea.temperature: expected a finite number above 0"):
            temperature_of({"fovea.temperature": wrong})


def test_the_layers_read_are_those_of_the_deepest_request():
    assert SignalRequest(entropy=True).layers == 0
    assert SignalRequest(AttentionRequest()).layers == 1
    assert SignalRequest(AttentionRequest(), CalibratedRequest(layers=3)).layers == 3
