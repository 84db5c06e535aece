import math

import torch

from fovea_skyrl import BiasCurve, CalibratedRequest, ClusterRequest
from fovea_skyrl.calibrated import CalibratedRows, bias_curve


def test_connectivity_and_gram_by_hand():
    rows = CalibratedRows(2, torch.tensor([True, False]), CalibratedRequest(bias_correction=False))
    rows.add(torch.tensor([[0.6, 0.4], [0.2, 0.8]]))
    rows.end_layer()
    result = rows.result()
    torch.testing.assert_close(result["connectivity"], torch.tensor([0.6, 0.2]))
    torch.testing.assert_close(result["gram"], torch.tensor([[0.52, 0.44], [0.44, 0.68]]))


def test_layers_are_averaged_and_blocks_change_nothing():
    draw = torch.Generator().manual_seed(5)
    layers = [torch.rand(5, 7, generator=draw) for _ in range(3)]
    visual = torch.arange(7) < 3
    rows = CalibratedRows(5, visual, CalibratedRequest())
    for layer in layers:
        for block in layer.split(2):
            rows.add(block)
        rows.end_layer()
    mean = torch.stack(layers).mean(0) / bias_curve(7).float()
    result = rows.result()
    torch.testing.assert_close(result["connectivity"], mean[:, visual].sum(-1))
    torch.testing.assert_close(result["gram"], mean @ mean.T)


def test_the_bias_curve_falls_and_has_mean_one():
    curve = bias_curve(50)
    torch.testing.assert_close(curve.mean(), torch.tensor(1.0, dtype=torch.float64))
    assert (curve.diff() < 0).all()
    assert bias_curve(1).tolist() == [1]


def test_other_parameters_give_another_curve():
    flat = bias_curve(8, parameters=BiasCurve(0, 4, 0))
    torch.testing.assert_close(flat, torch.ones(8, dtype=torch.float64))
    steep = bias_curve(4, parameters=BiasCurve(1, 4, 0))
    by_hand = torch.tensor([1 + math.exp(-p) for p in (1, 2, 3, 4)], dtype=torch.float64)
    torch.testing.assert_close(steep, by_hand / by_hand.mean())
    rows = CalibratedRows(1, torch.tensor([True, False]), CalibratedRequest(bias_curve=BiasCurve(0, 4, 0)))
    rows.add(torch.tensor([[0.6, 0.4]]))
    rows.end_layer()
    torch.testing.assert_close(rows.result()["connectivity"], torch.tensor([0.6]))


def test_clusters_may_take_the_place_of_the_gram_matrix():
    def result(**asked):
        rows = CalibratedRows(6, torch.arange(9) < 4, CalibratedRequest(**asked))
        rows.add(torch.rand(6, 9, generator=torch.Generator().manual_seed(8)))
        rows.end_layer()
        return rows.result()

    alone = result(gram=False, clusters=ClusterRequest())
    both = result(clusters=ClusterRequest())
    assert "gram" not in alone and set(both) == set(alone) | {"connectivity", "gram"}
    assert torch.equal(alone["clusters_connectivity"], both["connectivity"])
