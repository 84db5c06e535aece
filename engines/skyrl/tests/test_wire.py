import base64
import json

import torch

from fovea_skyrl.wire import capabilities, encoded


def test_signals_are_tensor_data_under_their_names():
    signals = {"visual_mass": torch.tensor([0.1, 0.25]), "gram": torch.tensor([[1.0, 2.0], [2.0, 5.0]])}
    assert encoded(signals) == {
        "visual_mass": {"data": [0.100000001, 0.25], "dtype": "float32", "shape": [2]},
        "gram": {"data": [1, 2, 2, 5], "dtype": "float32", "shape": [2, 2]},
    }


def test_nine_digits_are_enough_to_have_every_number_back():
    values = torch.rand(1000, generator=torch.Generator().manual_seed(6)).pow(9)
    data = json.loads(json.dumps(encoded({"entropy": values})))["entropy"]["data"]
    assert torch.equal(torch.tensor(data, dtype=torch.float32), values)


def test_a_packed_gram_is_its_lower_triangle():
    draw = torch.rand(4, 4, generator=torch.Generator().manual_seed(7))
    gram = draw @ draw.T
    packed = encoded({"gram": gram}, packs_gram=True)["gram"]
    assert (packed["dtype"], packed["shape"], packed["encoding"]) == ("float32", [10], "base64")
    values = torch.frombuffer(bytearray(base64.b64decode(packed["data"])), dtype=torch.float32)
    whole = torch.zeros(4, 4)
    whole[tuple(torch.tril_indices(4, 4))] = values
    assert torch.equal(whole + whole.tril(-1).T, gram)


def test_the_capabilities_are_named_as_fovea_names_them():
    said = capabilities()
    assert said["protocol"] == 1
    assert set(said["capabilities"]) == {"attention", "attention-measure", "calibrated-attention", "entropy"}
