import json

import torch

from fovea_skyrl.wire import capabilities, encoded


def test_signals_are_tensor_data_under_their_names():
    signals = {"visual_mass": torch.tensor([0.5, 0.25]), "clusters_neighbours": torch.tensor([[1, -1], [0, -1]])}
    assert encoded(signals) == {
        "visual_mass": {"data": [0.5, 0.25], "dtype": "float32", "shape": [2]},
        "clusters_neighbours": {"data": [1, -1, 0, -1], "dtype": "int64", "shape": [2, 2]},
    }


def test_every_number_comes_back():
    values = torch.rand(1000, generator=torch.Generator().manual_seed(6)).pow(9)
    data = json.loads(json.dumps(encoded({"entropy": values})))["entropy"]["data"]
    assert torch.equal(torch.tensor(data, dtype=torch.float32), values)


def test_a_gram_matrix_goes_as_its_lower_triangle():
    draw = torch.rand(4, 4, generator=torch.Generator().manual_seed(7))
    gram = draw @ draw.T
    packed = encoded({"gram": gram})["gram"]
    assert (packed["dtype"], packed["shape"]) == ("float32", [10])
    whole = torch.zeros(4, 4)
    whole[tuple(torch.tril_indices(4, 4))] = torch.tensor(packed["data"])
    assert torch.equal(whole + whole.tril(-1).T, gram)


def test_the_capabilities_are_named_as_fovea_names_them():
    said = capabilities()
    assert said["protocol"] == 2
    assert set(said["capabilities"]) == {
        *("attention", "attention-measure", "calibrated-attention", "token-clusters"),
        *("entropy", "temperature", "hidden-states", "full-distribution", "hidden-images"),
        *("group-divergence", "value-replacement"),
    }
