"""Signals equal what the plain formulas make of the probabilities that eager attention returns."""

import math

import pytest
import torch

from fovea_skyrl import AttentionRequest, BatchLayout, CalibratedRequest, SignalCapture, SignalRequest
from fovea_skyrl.calibrated import bias_curve


def plain_shift(before, now):
    if before.sum() == 0 or now.sum() == 0:
        return 0.0
    before, now = before / before.sum(), now / now.sum()
    return 2 * math.acos(min(1.0, (before * now).sqrt().sum().item()))


@pytest.mark.parametrize("row", ["own", "predicting"])
@pytest.mark.parametrize("case", ["four-images", "padded-batch"])
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_signals_are_those_of_the_returned_probabilities(model_of, case_of, implementation, case, row):
    batch = case_of("untied-gqa", case)
    eager = model_of("untied-gqa", "eager")
    with torch.no_grad():
        attentions = eager(**batch.inputs, use_cache=False, output_attentions=True).attentions
    model = model_of("untied-gqa", implementation)
    layout = BatchLayout.of(batch.inputs["input_ids"], batch.inputs["attention_mask"], batch.lengths, model.config.image_token_id)
    request = SignalRequest(AttentionRequest(row), CalibratedRequest(row, layers=2))
    with torch.no_grad(), SignalCapture(model, request, layout, block=3) as capture:
        model(**batch.inputs, use_cache=False)
    for index, sequence in enumerate(layout.sequences):
        first = sequence.first - (row == "predicting")
        chosen = sequence.positions[first : first + sequence.length]
        layers = [each[index].double().mean(0)[chosen][:, sequence.positions] for each in attentions]
        rows, mean = layers[-1], torch.stack(layers[-2:]).mean(0) / bias_curve(sequence.keys)
        signals = capture.signals[index]
        for name, keys in (("visual", sequence.visual), ("text", ~sequence.visual)):
            close(signals[f"{name}_mass"], rows[:, keys].sum(-1))
            shifts = [0.0, *(plain_shift(rows[t - 1, keys], rows[t, keys]) for t in range(1, sequence.length))]
            close(signals[f"{name}_shift"], torch.tensor(shifts), 1e-3)
        close(signals["connectivity"], mean[:, sequence.visual].sum(-1))
        close(signals["gram"], mean @ mean.T)


def close(ours, theirs, tolerance=1e-5):
    torch.testing.assert_close(ours.double(), theirs.double(), rtol=1e-4, atol=tolerance)
