"""What signals cost: time and peak memory of a forward pass at Qwen2.5-VL-3B's true shape, random weights.

    python bench/overhead.py                             8 x 2,048 completion tokens, micro-batches of 8
    python bench/overhead.py --micro-batch 1 --repeats 10 --attention flash_attention_2
    python bench/overhead.py --rehearse --tokens 32      a small shape on the CPU; its numbers mean nothing

Passes over the same batch, in turn in each round, and the median over rounds: without signals; with DyCo-RL's; with
AT-RL's clusters; with both and entropy; and with eager attention that returns all probabilities (one sequence at a
time: what one would do without this package). Prints one JSON line. An iteration has sampling, one such pass, and a
forward-backward pass of about three times its cost; four passes without signals, sampling left out, bound its time
from below.
"""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from true_shape import IMAGE_TOKEN, Bench, arguments, part_of

from fovea_skyrl import AttentionRequest, BatchLayout, CalibratedRequest, SignalCapture, SignalRequest
from fovea_skyrl.request import ClusterRequest
from fovea_skyrl.score import token_statistics

AT_RL = CalibratedRequest(gram=False, clusters=ClusterRequest())
REQUESTS = {
    "plain": None,
    "dyco-rl": SignalRequest(AttentionRequest()),
    "at-rl": SignalRequest(calibrated=AT_RL),
    "both and entropy": SignalRequest(AttentionRequest(), AT_RL, entropy=True),
}


@torch.no_grad()
def run(model: Any, batch: dict[str, Tensor], tokens: int, request: SignalRequest | None, returns_all: bool) -> None:
    """One micro-batch: log-probs of the completions and whatever else is asked for."""
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


class Measured:
    """Seconds of each run after one unmeasured, and the peak of allocated memory."""

    def __init__(self, work: Callable[[], None], device: str) -> None:
        self.work, self.device = work, device
        self.seconds: list[float] = []
        self.peak = 0
        work()

    def again(self) -> None:
        is_cuda = self.device == "cuda"
        if is_cuda:
            torch.cuda.reset_peak_memory_stats()
            torch.cuda.synchronize()
        start = time.perf_counter()
        self.work()
        if is_cuda:
            torch.cuda.synchronize()
            self.peak = max(self.peak, torch.cuda.max_memory_allocated())
        self.seconds.append(time.perf_counter() - start)

    def result(self) -> dict[str, float]:
        """Medians and quartiles; GiB where the device tells."""
        low, median, high = statistics.quantiles(self.seconds, n=4) if len(self.seconds) > 1 else self.seconds * 3
        memory = {"peakGiB": self.peak / 2**30} if self.device == "cuda" else {}
        return {"seconds": median, "quartiles": [low, high], **memory}


def main() -> int:
    options = arguments(__doc__, batch=8, tokens=2048, micro_batch=8, repeats=5)
    bench = Bench.of(options)
    model = bench.model(options.attention)
    batch = bench.batch(options.batch, options.tokens)

    def passes(request: SignalRequest | None, size: int, returns_all: bool = False) -> Callable[[], None]:
        def work() -> None:
            for start in range(0, options.batch, size):
                run(model, part_of(batch, start, size), options.tokens, request, returns_all)

        return work

    measured = {name: Measured(passes(request, options.micro_batch), bench.device) for name, request in REQUESTS.items()}
    for _ in range(options.repeats):
        for each in measured.values():
            each.again()
    results: dict[str, Any] = {name: each.result() for name, each in measured.items()}
    model.set_attn_implementation("eager")
    try:
        eager = Measured(passes(None, 1, returns_all=True), bench.device)
        eager.again()
        results["eager, all probabilities"] = eager.result()
    except torch.cuda.OutOfMemoryError:
        results["eager, all probabilities"] = {"outOfMemory": True}
    plain = results["plain"]
    for name in REQUESTS:
        extra = results[name]["seconds"] - plain["seconds"]
        results[name]["shareOfPass"] = extra / plain["seconds"]
        results[name]["shareOfIterationAtMost"] = extra / (4 * plain["seconds"])
        if "peakGiB" in plain:
            results[name]["moreMemory"] = results[name]["peakGiB"] / plain["peakGiB"] - 1
    bench.report("overhead", options, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
