import math

import pytest
import torch

from fovea_skyrl.shifts import ShiftReducer


def reduced(rows, visual, first, measure=None, block=None):
    reducer = ShiftReducer(torch.tensor(visual), first, measure)
    for some in torch.tensor(rows).split(block or len(rows)):
        reducer.add(some)
    return reducer.result()


def test_masses_and_shifts_by_hand():
    # Keys: one image token, two of text. Rows: at key 1, then at key 2.
    signals = reduced([[0.6, 0.4, 0.0], [0.2, 0.4, 0.4]], [True, False, False], first=1)
    torch.testing.assert_close(signals["visual_mass"], torch.tensor([0.6, 0.2]))
    torch.testing.assert_close(signals["text_mass"], torch.tensor([0.4, 0.8]))
    assert signals["visual_shift"].tolist() == [0, 0]
    # From (1, 0) to (1/2, 1/2): 2·arccos √½.
    torch.testing.assert_close(signals["text_shift"], torch.tensor([0.0, math.pi / 2]))


def test_equal_rows_have_shift_zero_and_disjoint_ones_pi():
    rows = [[0.5, 0.5, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]
    assert reduced(rows, [True] * 4, 1)["visual_shift"].tolist() == pytest.approx([0, 0, math.pi])


def test_without_image_tokens_visual_signals_are_zero():
    signals = reduced([[0.5, 0.5], [0.1, 0.9]], [False, False], 0, "sharpness")
    assert signals["visual_mass"].tolist() == signals["visual_shift"].tolist() == [0, 0]
    assert signals["visual_sharpness"].tolist() == [0, 0]


def test_a_row_without_mass_has_no_shift():
    assert reduced([[0.0, 1.0], [1.0, 0.0]], [True, False], 1)["visual_shift"].tolist() == [0, 0]


@pytest.mark.parametrize("measure", [None, "sharpness", "divergence"])
def test_blocks_change_nothing(measure):
    rows = torch.rand(9, 12, generator=torch.Generator().manual_seed(4)).tril(3)
    visual = [index in (1, 2) for index in range(12)]
    whole = reduced(rows.tolist(), visual, 3, measure)
    for block in (1, 2, 5):
        parts = reduced(rows.tolist(), visual, 3, measure, block)
        assert set(parts) == set(whole)
        for name in whole:
            torch.testing.assert_close(parts[name], whole[name])


def test_measures_by_hand():
    rows = [[0.5, 0.5, 0.0], [0.25, 0.75, 0.0]]
    sharp = reduced(rows, [True, True, False], 1, "sharpness")["visual_sharpness"]
    entropy = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75))
    torch.testing.assert_close(sharp, torch.tensor([0.0, 1 - entropy / math.log(2)]))
    divergence = reduced(rows, [True, True, False], 1, "divergence")["visual_divergence"]
    expected = 0.5 * math.log(0.5 / 0.25) + 0.5 * math.log(0.5 / 0.75)
    torch.testing.assert_close(divergence, torch.tensor([0.0, expected]))


def test_text_sharpness_counts_the_keys_up_to_the_rows_own():
    # The first row is uniform over its two keys, the second over two of its three.
    sharp = reduced([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0]], [False] * 3, 1, "sharpness")["text_sharpness"]
    torch.testing.assert_close(sharp, torch.tensor([0.0, 1 - math.log(2) / math.log(3)]))
