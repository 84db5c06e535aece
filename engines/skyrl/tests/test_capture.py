import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

from fovea_skyrl import (
    AttentionRequest,
    BatchLayout,
    CalibratedRequest,
    RequestError,
    ShardedSequenceError,
    SignalCapture,
    SignalRequest,
    UnsupportedModelError,
    score,
)
from fovea_skyrl.decoders import full_attention_layers

BOTH = SignalRequest(AttentionRequest(), CalibratedRequest(layers=2), entropy=True)


def hooks_of(model):
    return sum(len(each._forward_hooks) + len(each._forward_pre_hooks) for each in model.modules())


def test_hooks_are_gone_afterwards_even_after_an_error(model_of, case_of):
    model, batch = model_of("tied-gqa"), case_of("tied-gqa", "one-image")
    before = hooks_of(model)
    score(model, batch.inputs, batch.lengths, BOTH)
    with pytest.raises(RuntimeError):
        score(model, batch.inputs | {"pixel_values": torch.ones(3, 3)}, batch.lengths, BOTH)
    assert hooks_of(model) == before


def test_the_forward_pass_itself_is_unchanged(model_of, case_of):
    model, batch = model_of("tied-gqa"), case_of("tied-gqa", "padded-batch")
    with torch.no_grad():
        plain = model(**batch.inputs, use_cache=False).logits
        layout = BatchLayout.of(batch.inputs["input_ids"], batch.inputs["attention_mask"], batch.lengths, 93)
        with SignalCapture(model, BOTH, layout):
            hooked = model(**batch.inputs, use_cache=False).logits
    assert torch.equal(plain, hooked)


def test_a_sequence_has_the_same_signals_alone_and_in_a_batch(model_of, case_of):
    model, batch = model_of("untied-gqa"), case_of("untied-gqa", "padded-batch")
    together = score(model, batch.inputs, batch.lengths, BOTH)
    right = case_of("untied-gqa", "padded-batch", "right")
    for one, other in zip(together, score(model, right.inputs, right.lengths, BOTH), strict=True):
        for name, values in one.signals.items():
            torch.testing.assert_close(values, other.signals[name], rtol=1e-4, atol=1e-5)


def test_a_shorter_completion_has_the_last_rows_of_a_longer_one(model_of, case_of):
    model, batch = model_of("tied-gqa"), case_of("tied-gqa", "one-image")
    whole = score(model, batch.inputs, batch.lengths, BOTH)[0].signals
    part = score(model, batch.inputs, [2], BOTH)[0].signals
    torch.testing.assert_close(part["visual_mass"], whole["visual_mass"][-2:])
    torch.testing.assert_close(part["gram"], whole["gram"][-2:, -2:])


def test_an_adapter_on_the_projections_changes_signals(model_of, case_of):
    batch = case_of("tied-gqa", "one-image")
    plain = score(model_of("tied-gqa"), batch.inputs, batch.lengths, BOTH)[0].signals
    torch.manual_seed(7)
    config = LoraConfig(r=2, target_modules=["q_proj", "k_proj"], init_lora_weights=False)
    adapted_model = get_peft_model(model_of("tied-gqa"), config).eval()
    adapted = score(adapted_model, batch.inputs, batch.lengths, BOTH)[0].signals
    merged = score(adapted_model.merge_and_unload(), batch.inputs, batch.lengths, BOTH)[0].signals
    assert (adapted["visual_mass"] - plain["visual_mass"]).abs().max() > 1e-3
    for name, values in adapted.items():
        torch.testing.assert_close(values, merged[name], rtol=1e-4, atol=1e-5)


def test_layers_with_a_sliding_window_are_passed_over(model_of):
    model = model_of("untied-gqa")
    layers = full_attention_layers(model)
    assert [each.layer_idx for each in layers] == [0, 1, 2]
    layers[2].sliding_window = 8
    assert [each.layer_idx for each in full_attention_layers(model)] == [0, 1]


def test_more_layers_than_there_are_means_all(model_of, case_of):
    model, batch = model_of("untied-gqa"), case_of("untied-gqa", "one-image")
    three, many = (
        score(model, batch.inputs, batch.lengths, SignalRequest(calibrated=CalibratedRequest(layers=n)))[0] for n in (3, 99)
    )
    assert torch.equal(three.signals["gram"], many.signals["gram"])


def test_signals_do_not_suffer_from_autocast(model_of, case_of):
    model, batch = model_of("tied-gqa"), case_of("tied-gqa", "one-image")
    layout = BatchLayout.of(batch.inputs["input_ids"], batch.inputs["attention_mask"], batch.lengths, 93)
    request = SignalRequest(AttentionRequest(), CalibratedRequest())
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16), SignalCapture(model, request, layout) as capture:
        model(**batch.inputs, use_cache=False)
    signals = capture.signals[0]
    assert all(each.dtype == torch.float32 for each in signals.values())
    torch.testing.assert_close(signals["visual_mass"] + signals["text_mass"], torch.ones(batch.lengths[0]))


def test_a_model_of_another_family_is_refused():
    config = LlamaConfig(vocab_size=8, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1)
    with pytest.raises(UnsupportedModelError, match="Qwen2.5-VL or Qwen3-VL.*got LlamaForCausalLM"):
        SignalCapture(LlamaForCausalLM(config), BOTH, BatchLayout(4, ()))


def test_a_sharded_or_packed_sequence_is_refused(model_of, case_of):
    model, batch = model_of("tied-gqa"), case_of("tied-gqa", "text-only")
    ids, mask = batch.inputs["input_ids"], batch.inputs["attention_mask"]
    layout = BatchLayout.of(ids, mask, batch.lengths, 93)
    half = ids.shape[1] // 2
    with SignalCapture(model, BOTH, layout), pytest.raises(ShardedSequenceError, match="no sequence parallelism"):
        model(input_ids=ids[:, :half], attention_mask=mask[:, :half], use_cache=False)


def test_a_completion_without_a_prompt_is_refused(case_of):
    ids = torch.ones(1, 4, dtype=torch.long)
    with pytest.raises(RequestError, match="shorter than its 4 tokens, got 4"):
        BatchLayout.of(ids, torch.ones_like(ids), [4], 93)
