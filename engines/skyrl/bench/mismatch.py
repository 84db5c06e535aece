"""How far apart sampler and trainer are in bfloat16, and how far each of three image faults would take them.

    python bench/mismatch.py                            8 completions of 256 tokens at Qwen2.5-VL-3B's true shape
    python bench/mismatch.py --rehearse --tokens 16     a small shape on the CPU, in single precision

The sampler decodes token by token with a cache of keys and values; the trainer scores all tokens in one pass with the
same random weights. Their difference, |Δ log-prob| of the sampled tokens in nats, is what an engine's doctor sees where
nothing is wrong. Then the trainer is given what each fault would give it:

    raw pixels        pixels from 0 to 255 in place of normalised ones
    stale pictures    the features of another picture
    dropped weights   weights one optimiser step of 1e-3 a weight away, while the sampler keeps the old ones

A fault that moves log-probs no further than bfloat16 does cannot be seen at all. Prints one JSON line.
"""

import sys

import torch
from torch import Tensor
from transformers import Qwen2_5_VLForConditionalGeneration
from true_shape import Bench, arguments

MEAN, DEVIATION = 0.45, 0.27
"""Of the processor's normalisation, about."""
STEP = 1e-3


def logprobs(logits: Tensor, tokens: Tensor) -> Tensor:
    """Of each token, in single precision. logits: […, V], tokens: […]."""
    return torch.log_softmax(logits.float(), dim=-1).gather(-1, tokens[..., None])[..., 0]


@torch.no_grad()
def sampled(model: Qwen2_5_VLForConditionalGeneration, prompt: dict[str, Tensor], tokens: int) -> tuple[Tensor, Tensor]:
    """Tokens drawn at temperature 1 and their log-probs, [B, T] each."""
    found = model.generate(
        **prompt,
        do_sample=True,
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        min_new_tokens=tokens,
        max_new_tokens=tokens,
        output_logits=True,
        return_dict_in_generate=True,
        pad_token_id=0,
    )
    drawn = found.sequences[:, -tokens:]
    return drawn, torch.stack([logprobs(step, drawn[:, t]) for t, step in enumerate(found.logits)], dim=1)


@torch.no_grad()
def scored(model: Qwen2_5_VLForConditionalGeneration, prompt: dict[str, Tensor], drawn: Tensor) -> Tensor:
    """Log-probs of the drawn tokens in one pass, [B, T]."""
    ids = torch.cat([prompt["input_ids"], drawn], dim=1)
    types = torch.cat([prompt["mm_token_type_ids"], torch.zeros_like(drawn, dtype=torch.int32)], dim=1)
    inputs = prompt | {"input_ids": ids, "attention_mask": torch.ones_like(ids), "mm_token_type_ids": types}
    logits = model(**inputs, use_cache=False, logits_to_keep=drawn.shape[1] + 1).logits[:, :-1]
    return torch.stack([logprobs(row, tokens) for row, tokens in zip(logits, drawn, strict=True)])


def apart(a: Tensor, b: Tensor) -> dict[str, float]:
    """Nats."""
    delta = (a - b).abs()
    return {"mean": delta.mean().item(), "p99": delta.flatten().quantile(0.99).item(), "largest": delta.max().item()}


def main() -> int:
    options = arguments(__doc__, batch=8, tokens=256)
    bench = Bench.of(options)
    model = bench.model(options.attention)
    prompt = bench.batch(options.batch, 0)
    drawn, sampler = sampled(model, prompt, options.tokens)
    results = {"nothing wrong": apart(sampler, scored(model, prompt, drawn))}
    pixels = prompt["pixel_values"]
    raw = prompt | {"pixel_values": 255 * (MEAN + DEVIATION * pixels)}
    results["raw pixels"] = apart(sampler, scored(model, raw, drawn))
    patches = pixels.shape[0] // options.batch
    stale = prompt | {"pixel_values": pixels.roll(patches, dims=0)}
    results["stale pictures"] = apart(sampler, scored(model, stale, drawn))
    model.set_attn_implementation("eager")
    results["nothing wrong, eager trainer"] = apart(sampler, scored(model, prompt, drawn))
    model.set_attn_implementation(options.attention)
    generator = torch.Generator(device=bench.device).manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters():
            signs = torch.randint(0, 2, weight.shape, generator=generator, device=bench.device, dtype=torch.int8)
            weight.add_(STEP * (2 * signs - 1).to(weight.dtype))
    results["dropped weights"] = apart(sampler, scored(model, prompt, drawn))
    bench.report("mismatch", options, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
