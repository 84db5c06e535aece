"""Values of image tokens replaced within the model: by hand, against the authors' function and against Fovea's own engine."""

import pytest
import torch
from families import case_of, load_model, sequences_of
from recorded import load_model as load_qwen2_5
from recorded import read

from fovea_skyrl import (
    AttentionRequest,
    BatchLayout,
    ReplacementRequest,
    RequestError,
    ShardedSequenceError,
    SignalRequest,
    UnsupportedModelError,
)
from fovea_skyrl import score as score_batch
from fovea_skyrl.replaced_values import ReplacedValues, image_ends, replaced_mix

RECORDING = read("skyrl/replaced.json")
AUTHORS = read("credit/cfpo.json")
CASES = [(checkpoint, case) for checkpoint, cases in RECORDING["checkpoints"].items() for case in cases]
TEMPERATURE = RECORDING["temperature"]


def score(model, batch, replacement):
    request = SignalRequest(AttentionRequest("own"), entropy=True, replacement=replacement)
    return score_batch(model, batch.inputs, batch.lengths, request, TEMPERATURE)


@pytest.mark.parametrize("name", list(RECORDING["replacements"]))
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(("checkpoint", "case"), CASES)
def test_log_probs_entropy_and_attention_are_those_of_the_local_engine(checkpoint, case, side, name):
    asked = RECORDING["replacements"][name]
    batch = case_of(checkpoint, sequences_of(checkpoint, case), side)
    scores = score(load_model(checkpoint), batch, ReplacementRequest(asked["mean"], asked["threshold"]))
    for ours, theirs in zip(scores, RECORDING["checkpoints"][checkpoint][case], strict=True):
        wanted = theirs[name]
        close(ours.logprobs, wanted["logprobs"])
        close(ours.signals["entropy"], wanted["entropy"])
        close(ours.signals["visual_mass"], wanted["visual_mass"])


@pytest.mark.parametrize("recorded", AUTHORS["cases"])
def test_the_change_of_a_layers_output_is_that_of_the_authors_function(recorded):
    heads, kv_heads, width = (AUTHORS[name] for name in ("heads", "kvHeads", "width"))
    start, end = recorded["image"]
    length = recorded["prompt"] + recorded["completion"]
    attention = torch.tensor(recorded["attention"]).view(heads, length, length)
    values = torch.tensor(recorded["values"]).view(kv_heads, recorded["prompt"], width)
    blocks = attention[:, end:, start:end].split(3, dim=1)
    change = replaced_mix(lambda: iter(blocks), values[:, start:end].transpose(0, 1), ReplacementRequest("number"))
    expected = torch.tensor(recorded["delta"]).view(heads, length, width).transpose(0, 1).reshape(length, -1)
    assert expected[:end].abs().max() == 0
    torch.testing.assert_close(change, expected[end:], rtol=1e-4, atol=1e-6)


def test_a_change_by_hand():
    """Four entries, mean 0.25 and deviation 0.3: 0.7 alone is above mean + 1 deviation, and nothing is above mean + 2."""
    block = torch.tensor([[[0.7, 0.1], [0.1, 0.1]]])
    values = torch.tensor([[[1.0, 3.0]], [[5.0, 7.0]]])
    for mean, expected in (("vector", [1.4, 1.4]), ("number", [2.1, 0.7])):
        change = replaced_mix(lambda: iter([block]), values, ReplacementRequest(mean, 1.0))
        torch.testing.assert_close(change, torch.tensor([expected, [0.0, 0.0]]))
    assert replaced_mix(lambda: iter([block]), values, ReplacementRequest()).abs().max() == 0


def test_hidden_keys_and_a_single_entry_are_replaced_by_nothing():
    for block in (torch.zeros(1, 2, 2), torch.tensor([[[0.4, 0.0]]])):
        change = replaced_mix(lambda own=block: iter([own]), torch.randn(2, 1, 3), ReplacementRequest(threshold=0.0))
        assert change.abs().max() == 0


def test_queries_of_an_image_come_before_its_end():
    visual = torch.tensor([0, 1, 1, 0, 0, 1, 0], dtype=torch.bool)
    assert image_ends(visual).tolist() == [3, 3, 6]
    assert image_ends(torch.tensor([True, True])).tolist() == [2, 2]
    assert image_ends(torch.zeros(3, dtype=torch.bool)).tolist() == []


def test_text_alone_and_a_threshold_that_nothing_reaches_change_nothing():
    model = load_model("tied-gqa")
    for case, replacement in (("text-only", ReplacementRequest()), ("four-images", ReplacementRequest(threshold=1e6))):
        batch = case_of("tied-gqa", sequences_of("tied-gqa", case))
        for one, other in zip(score(model, batch, None), score(model, batch, replacement), strict=True):
            assert torch.equal(one.logprobs, other.logprobs)
    batch = case_of("tied-gqa", sequences_of("tied-gqa", "one-image"))
    [one], [other] = score(model, batch, None), score(model, batch, ReplacementRequest())
    assert (one.logprobs - other.logprobs).abs().max() > 1e-2


def test_an_image_with_nothing_after_it_has_nothing_to_replace():
    model, [sequence] = load_model("tied-gqa"), sequences_of("tied-gqa", "one-image")
    [image] = [place for place, chunk in enumerate(sequence["prompt"]) if chunk["kind"] == "image"]
    cut = sequence | {"prompt": sequence["prompt"][: image + 1], "completion": []}
    batch = case_of("tied-gqa", [cut])
    layout = BatchLayout.of(batch.inputs["input_ids"], batch.inputs["attention_mask"], [0], 93)
    with torch.no_grad(), ReplacedValues(model, layout, ReplacementRequest(threshold=0)):
        model(**batch.inputs, use_cache=False)


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_the_attention_implementation_and_the_block_size_do_not_matter(attention):
    batch = case_of("untied-gqa", sequences_of("untied-gqa", "four-images"))
    expected = RECORDING["checkpoints"]["untied-gqa"]["four-images"]
    model = load_qwen2_5("untied-gqa", attention)
    layout = BatchLayout.of(batch.inputs["input_ids"], batch.inputs["attention_mask"], batch.lengths, 93)
    for block in (1, 7, 128):
        with torch.no_grad(), ReplacedValues(model, layout, ReplacementRequest(), block):
            logits = model(**batch.inputs, use_cache=False).logits
        for row, (sequence, theirs) in enumerate(zip(layout.sequences, expected, strict=True)):
            logs = torch.log_softmax(logits[row, sequence.predicting] / TEMPERATURE, dim=-1)
            targets = batch.inputs["input_ids"][row, sequence.positions[sequence.first :]]
            close(logs.gather(1, targets[:, None])[:, 0], theirs["vector"]["logprobs"])
        model.model.rope_deltas = None
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_sliding_windows_and_sharded_sequences_are_refused():
    model, batch = load_model("untied-gqa"), case_of("untied-gqa", sequences_of("untied-gqa", "one-image"))
    ids, mask = batch.inputs["input_ids"], batch.inputs["attention_mask"]
    layout = BatchLayout.of(ids, mask, batch.lengths, 93)
    with ReplacedValues(model, layout, ReplacementRequest()), pytest.raises(ShardedSequenceError, match="no packing"):
        model(input_ids=ids[:, -4:], attention_mask=mask[:, -4:], use_cache=False)
    model.model.language_model.layers[1].self_attn.sliding_window = 8
    with pytest.raises(UnsupportedModelError, match=r"got sliding windows in layers \[1\]"):
        ReplacedValues(model, layout, ReplacementRequest())


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"fovea.replaced_values": 3}, "expected one of 1 .vector., 2 .number., got 3"),
        ({"fovea.replacement_threshold": 2}, "an option of fovea.replaced_values, which is not asked for"),
        ({"fovea.replaced_values": 1, "fovea.replacement_threshold": -1}, "finite number of at least 0, got -1"),
        ({"fovea.replaced_values": 1, "fovea.replacement_threshold": float("nan")}, "finite number of at least 0, got nan"),
        ({"fovea.replaced_values": 1, "fovea.divergence": 1}, "no other view of the images, got fovea.divergence"),
        (
            {"fovea.replaced_values": 1, "fovea.hidden_images": 1},
            "no other view of the images, got fovea.hidden_images",
        ),
    ],
)
def test_what_cannot_be_is_refused(config, says):
    with pytest.raises(RequestError, match=says):
        SignalRequest.from_config(config)


def test_requests_are_read():
    asked = SignalRequest.from_config({"fovea.replaced_values": 1, "fovea.replacement_threshold": 0.5})
    assert asked == SignalRequest(replacement=ReplacementRequest("vector", 0.5))
    assert asked.names == ()
    assert SignalRequest.from_config({"fovea.replaced_values": 2}) == SignalRequest(replacement=ReplacementRequest("number", 2))


def close(ours, theirs):
    torch.testing.assert_close(ours, torch.tensor(theirs, dtype=torch.float32), rtol=1e-5, atol=1e-4)
