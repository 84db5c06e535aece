"""How far apart a group's distributions are, by hand and against Fovea's own engine on checkpoints of three families."""

import math

import pytest
import torch
from families import case_of, group_of, load_model, sequences_of
from peft import LoraConfig, get_peft_model
from recorded import read
from torch import nn

from fovea_skyrl import BatchLayout, ReplacementRequest, RequestError, ShardedSequenceError, SignalRequest, score
from fovea_skyrl.group_divergence import GroupDivergence, group_divergence, read_again

RECORDING = read("skyrl/groups.json")
CASES = [(checkpoint, case) for checkpoint, cases in RECORDING["checkpoints"].items() for case in cases]
TEMPERATURE = RECORDING["temperature"]


def signal_of(model, batch, size=3, temperature=TEMPERATURE):
    scores = score(model, batch.inputs, batch.lengths, SignalRequest(group=size), temperature)
    return [each.signals["group_divergence"] for each in scores]


def groups_of(checkpoint, case, side="left"):
    return case_of(checkpoint, [each for sequence in sequences_of(checkpoint, case) for each in group_of(sequence)], side)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(("checkpoint", "case"), CASES)
def test_divergences_are_those_of_the_local_engine(checkpoint, case, side):
    found = signal_of(load_model(checkpoint), groups_of(checkpoint, case, side))
    expected = [values for group in RECORDING["checkpoints"][checkpoint][case] for values in group]
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, torch.tensor(theirs, dtype=torch.float32), rtol=1e-5, atol=1e-4)


def test_equal_completions_and_a_group_of_one_are_not_apart():
    sequences = sequences_of("tied-gqa", "padded-batch")
    model, alone = load_model("tied-gqa"), case_of("tied-gqa", sequences)
    for each, length in zip(signal_of(model, alone, 1), alone.lengths, strict=True):
        assert each.tolist() == [0] * length
    twice = case_of("tied-gqa", [each for each in sequences for _ in range(2)])
    for each in signal_of(model, twice, 2):
        assert each.abs().max() < 1e-6


def test_a_divergence_by_hand():
    p, q = (0.5, 0.5), (0.25, 0.75)
    expected = 0
    for own in (p, q):
        for v in range(2):
            d = (math.log(p[v]) + math.log(q[v])) / 2 - math.log(own[v])
            expected += (math.exp(d) - d - 1) / 2
    found = group_divergence([torch.tensor([each]).log() for each in (p, q)], 1)
    assert found.tolist() == pytest.approx([expected], rel=1e-5)


def test_log_probs_far_from_their_mean_are_clamped():
    near, far = torch.tensor([[0.0, -90.0]]), torch.tensor([[-90.0, 0.0]])
    one = (math.exp(11) - 11 - 1) + (math.exp(-11) + 11 - 1)
    assert group_divergence([near, far], 1).tolist() == pytest.approx([one], rel=1e-5)


def test_a_completion_that_has_ended_is_uniform():
    generator = torch.Generator().manual_seed(3)
    longer, shorter = (torch.log_softmax(torch.randn(n, 7, generator=generator), dim=-1) for n in (3, 1))
    uniform = torch.full((2, 7), -math.log(7))
    spelled = group_divergence([longer, torch.cat((shorter, uniform))], 3)
    torch.testing.assert_close(group_divergence([longer, shorter], 3), spelled)
    torch.testing.assert_close(group_divergence([longer, shorter[:0]], 3)[:1], group_divergence([longer[:1], uniform[:1]], 1))


def test_how_many_places_are_read_at_once_changes_nothing():
    head = nn.Linear(5, 11)
    rows = [torch.randn(n, 5, generator=torch.Generator().manual_seed(n)) for n in (9, 4, 0)]
    with torch.no_grad():
        whole = read_again(head, rows, 0.7)
        for numbers in (1, 3 * 11 * 2, 3 * 11 * 5):
            torch.testing.assert_close(read_again(head, rows, 0.7, numbers), whole)
        assert read_again(head, [each[:0] for each in rows], 0.7).shape == (0,)


def test_members_of_several_passes_are_those_of_one():
    model, sequences = load_model("untied-gqa"), sequences_of("untied-gqa", "padded-batch")
    members = [group_of(each) for each in sequences]
    together = signal_of(model, case_of("untied-gqa", [each for group in members for each in group]))
    groups = GroupDivergence(model, TEMPERATURE)
    with torch.no_grad():
        for number in range(3):
            batch = case_of("untied-gqa", [group[number] for group in members], "right")
            layout = BatchLayout.of(batch.inputs["input_ids"], batch.inputs["attention_mask"], batch.lengths, 93)
            with groups.reading(layout, range(len(members)), ends=number == 2):
                model(**batch.inputs, use_cache=False)
    for index, own in enumerate(together):
        torch.testing.assert_close(groups.of(index // 3, own.shape[0]), own, rtol=1e-4, atol=1e-4)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_an_adapter_of_the_head_counts():
    batch = groups_of("untied-gqa", "one-image")
    plain = signal_of(load_model("untied-gqa"), batch)
    torch.manual_seed(7)
    config = LoraConfig(r=2, target_modules=["lm_head"], init_lora_weights=False)
    model = get_peft_model(load_model("untied-gqa"), config).eval()
    adapted, merged = signal_of(model, batch), signal_of(model.merge_and_unload(), batch)
    for one, two, without in zip(adapted, merged, plain, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-4)
        assert (one - without).abs().max() > 1e-2


def test_sequences_that_are_no_groups_are_refused():
    model, sequences = load_model("tied-gqa"), sequences_of("tied-gqa", "padded-batch")
    with pytest.raises(RequestError, match="expected a multiple of 2 sequences, got 3"):
        signal_of(model, case_of("tied-gqa", sequences[:3]), 2)
    with pytest.raises(RequestError, match="expected the same prompt of sequences 0 and 1, got others"):
        signal_of(model, case_of("tied-gqa", sequences[:2]), 2)


def test_a_sharded_sequence_is_refused():
    model, batch = load_model("tied-gqa"), case_of("tied-gqa", sequences_of("tied-gqa", "text-only"))
    ids, mask = batch.inputs["input_ids"], batch.inputs["attention_mask"]
    layout = BatchLayout.of(ids, mask, batch.lengths, 93)
    half = ids.shape[1] // 2
    groups = GroupDivergence(model, 1.0)
    with (
        torch.no_grad(),
        groups.reading(layout, range(len(batch.lengths)), ends=True),
        pytest.raises(ShardedSequenceError, match="no sequence parallelism"),
    ):
        model(input_ids=ids[:, :half], attention_mask=mask[:, :half], use_cache=False)


@pytest.mark.parametrize(
    ("size", "says"),
    [
        (0, "whole number of at least 1, got 0"),
        (1.5, "whole number of at least 1, got 1.5"),
        (float("nan"), "whole number of at least 1, got nan"),
        (1025, "at most 1024, got 1025"),
    ],
)
def test_sizes_that_cannot_be_are_refused(size, says):
    with pytest.raises(RequestError, match=f"fovea.group_divergence: expected .*{says}"):
        SignalRequest.from_config({"fovea.group_divergence": size})


def test_requests_are_read():
    asked = SignalRequest.from_config({"fovea.group_divergence": 8.0, "fovea.replaced_values": 2})
    assert asked == SignalRequest(group=8, replacement=ReplacementRequest("number"))
    assert asked.names == ("group_divergence",)
