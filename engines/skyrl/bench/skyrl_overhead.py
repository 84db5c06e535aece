"""What signals cost on a GPU: time and peak memory of a forward pass at Qwen2.5-VL-3B's true shape, random weights.

    python bench/skyrl_overhead.py                             8 x 2,048 completion tokens, micro-batches of 8
    python bench/skyrl_overhead.py --micro-batch 1 --repeats 10 --attention flash_attention_2

Four passes over the same batch, each repeated and its median taken: without signals; with DyCo-RL's; with DyCo-RL's,
AT-RL's and entropy; and with eager attention that returns all probabilities (one sequence at a time, and only the pass:
what one would do without this package). Prints one JSON line. An iteration has sampling, one such pass, and a
forward-backward pass of about three times its cost; four passes without signals, sampling left out, bound its time
from below.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

from fovea_skyrl import AttentionRequest, BatchLayout, CalibratedRequest, SignalCapture, SignalRequest
from fovea_skyrl.score import token_statistics

IMAGE_TOKEN, VISION_START = 151655, 151652
IMAGE_TOKENS, QUESTION = 576, 128

TEXT = {
    "vocab_size": 151936,
    "hidden_size": 2048,
    "intermediate_size": 11008,
    "num_hidden_layers": 36,
    "num_attention_heads": 16,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-6,
    "max_position_embeddings": 128000,
    "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [16, 24, 24]},
}
REQUESTS = {
    "dyco": SignalRequest(AttentionRequest()),
    "all": SignalRequest(AttentionRequest(), CalibratedRequest(layers=4), entropy=True),
}


def build(attention: str) -> Qwen2_5_VLForConditionalGeneration:
    """The decoder at its true size; the vision tower, which signals do not touch, at its true size too."""
    config = Qwen2_5_VLConfig(
        text_config=TEXT,
        vision_config={
            "depth": 32,
            "hidden_size": 1280,
            "intermediate_size": 3420,
            "num_heads": 16,
            "out_hidden_size": 2048,
        },
        tie_word_embeddings=True,
        image_token_id=IMAGE_TOKEN,
        vision_start_token_id=VISION_START,
    )
    torch.manual_seed(0)
    with torch.device("cuda"):
        model = Qwen2_5_VLForConditionalGeneration._from_config(
            config, attn_implementation=attention, dtype=torch.bfloat16
        )
    return model.eval()


def batch_of(size: int, tokens: int) -> dict[str, Tensor]:
    """A prompt with one image of 24 x 24 tokens, and the completion."""
    width = 2 + IMAGE_TOKENS + QUESTION + tokens
    ids = torch.randint(0, 150000, (size, width), device="cuda")
    ids[:, 1] = VISION_START
    ids[:, 2 : 2 + IMAGE_TOKENS] = IMAGE_TOKEN
    side = 48
    return {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "mm_token_type_ids": (ids == IMAGE_TOKEN).int(),
        "pixel_values": torch.randn(size * side * side, 1176, device="cuda", dtype=torch.bfloat16),
        "image_grid_thw": torch.tensor([[1, side, side]] * size, device="cuda"),
    }


@torch.no_grad()
def run(model: Any, batch: dict[str, Tensor], tokens: int, request: SignalRequest | None, returns_all: bool) -> None:
    """One micro-batch: hidden states, log-probs of the completion and whatever else is asked for."""
    ids, mask = batch["input_ids"], batch["attention_mask"]
    size = ids.shape[0]
    options = {"use_cache": False, "output_attentions": returns_all, "logits_to_keep": tokens + 1}
    if request is None:
        logits = model(**batch, **options).logits
    else:
        layout = BatchLayout.of(ids, mask, [tokens] * size, IMAGE_TOKEN)
        with SignalCapture(model, request, layout) as capture:
            logits = model(**batch, **options).logits
        [each.cpu() for signals in capture.signals for each in signals.values()]
    for index in range(size):
        token_statistics(logits[index, :-1], ids[index, -tokens:])


def part_of(batch: dict[str, Tensor], start: int, size: int) -> dict[str, Tensor]:
    patches = batch["pixel_values"].shape[0] // batch["input_ids"].shape[0]
    return {
        name: each[start * patches : (start + size) * patches] if name == "pixel_values" else each[start : start + size]
        for name, each in batch.items()
    }


def measured(work: Callable[[], None], repeats: int) -> dict[str, float]:
    """Median seconds after one unmeasured run, and the peak of allocated memory in GiB."""
    work()
    torch.cuda.reset_peak_memory_stats()
    seconds = []
    for _ in range(repeats):
        torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return {"seconds": statistics.median(seconds), "peakGiB": torch.cuda.max_memory_allocated() / 2**30}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=2048)
    parser.add_argument("--micro-batch", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--attention", default="sdpa", choices=["sdpa", "flash_attention_2"])
    options = parser.parse_args()
    if not torch.cuda.is_available():
        print("skyrl_overhead: expected a CUDA device, got none", file=sys.stderr)
        return 2
    model = build(options.attention)
    batch = batch_of(options.batch, options.tokens)

    def passes(request: SignalRequest | None, size: int, returns_all: bool = False) -> Callable[[], None]:
        def work() -> None:
            for start in range(0, options.batch, size):
                run(model, part_of(batch, start, size), options.tokens, request, returns_all)

        return work

    results = {"plain": measured(passes(None, options.micro_batch), options.repeats)}
    for name, request in REQUESTS.items():
        results[name] = measured(passes(request, options.micro_batch), options.repeats)
    model.set_attn_implementation("eager")
    try:
        results["eager"] = measured(passes(None, 1, returns_all=True), max(1, options.repeats // 3))
    except torch.cuda.OutOfMemoryError:
        results["eager"] = {"outOfMemory": True}
    plain = results["plain"]
    for name in REQUESTS:
        extra = results[name]["seconds"] - plain["seconds"]
        results[name] |= {
            "shareOfPass": extra / plain["seconds"],
            "shareOfIterationAtMost": extra / (4 * plain["seconds"]),
            "moreMemory": results[name]["peakGiB"] / plain["peakGiB"] - 1,
        }
    device = torch.cuda.get_device_name()
    print(json.dumps({"device": device, "torch": torch.__version__, **vars(options), "results": results}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
