"""PyTorch's side of webgpu.mjs: the same model, text prompts and numbers of tokens, in fp32 on CUDA.

    python3 webgpu.py DIRECTORY
"""

import json
import sys
import time
from pathlib import Path

import torch
from transformers import AutoConfig, Qwen2_5_VLForConditionalGeneration


def main() -> None:
    if not torch.cuda.is_available():
        raise SystemExit("expected a CUDA device, found none")
    directory = Path(sys.argv[1])
    workload = json.loads((directory / "workload.json").read_text())
    torch.manual_seed(0)
    config = AutoConfig.from_pretrained(directory)
    model = Qwen2_5_VLForConditionalGeneration(config).to("cuda", torch.float32)
    prompts, group = workload["prompts"], workload["groupSize"]
    length, new = workload["promptTokens"], workload["newTokens"]
    rows = [[(7 * i + p) % 400 for i in range(length)] for p in range(prompts) for _ in range(group)]
    ids = torch.tensor(rows, device="cuda")
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, weight_decay=0.0)

    @torch.no_grad()
    def sample() -> torch.Tensor:
        return model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            min_new_tokens=new,
            max_new_tokens=new,
        )

    sequences = sample()

    def train() -> None:
        logits = model(input_ids=sequences).logits[:, length - 1 : -1]
        logprobs = torch.log_softmax(logits, -1).gather(-1, sequences[:, length:, None])
        (-1e-3 * logprobs.sum()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

    for phase, work in (("sample", sample), ("train", train)):
        begun = time.perf_counter()
        work()
        torch.cuda.synchronize()
        first = time.perf_counter()
        runs = 0
        while runs == 0 or time.perf_counter() - first < workload["seconds"]:
            work()
            torch.cuda.synchronize()
            runs += 1
        taken = time.perf_counter() - first
        rate = runs * prompts * group * new / taken
        line = {"side": "pytorch", "phase": phase, "tokensPerSecond": rate, "firstSeconds": first - begun}
        print(json.dumps(line))


if __name__ == "__main__":
    main()
