"""The PyTorch side of Fovea's benchmark: one phase on one workload, one JSON line.

    python bench.py --checkpoint DIR --workload workload.json --threads N --phase PHASE [options]

Phases: train (forward, backward, AdamW), score (log-probs), score-attention (log-probs and the last layer's attention
rows of the completion), sample (`generate`). README.md beside this file has the workload's format and what is timed.
"""

import argparse
import json
import os
import pathlib
import resource
import sys
import threading
import time

import torch
import torch.nn.functional as F
import transformers
from transformers import GenerationConfig
from transformers.modeling_outputs import BaseModelOutputWithPooling

from families import open_family

ADAM = {"lr": 1e-5, "betas": (0.9, 0.99), "eps": 1e-8, "weight_decay": 0.01}
ADAM_VARIANTS = {"fused": {"fused": True}, "foreach": {"foreach": True}, "loop": {"foreach": False}}
COMPILE_LIMIT_SECONDS = 60


class Batch:
    """P * G sequences, padded on the right; the pixels of a prompt once per completion, or once per prompt."""

    def __init__(self, workload, family, images):
        self.family = family
        prompts = [prompt["chunks"] for prompt in workload["prompts"]]
        groups = workload["completions"]
        repeated = [prompt for prompt, group in zip(prompts, groups) for _ in group]
        completions = [completion for group in groups for completion in group]
        self.inputs, self.spans = family.batch_of(repeated, completions, "right")
        self.image_order = None
        if images == "per-prompt" and "pixel_values" in self.inputs:
            self.images = family.images_of(prompts)
            self.image_order = family.image_order(prompts, [len(group) for group in groups])
            for name in family.pixel_inputs:
                del self.inputs[name]
        longest = max(length for _, _, length in self.spans)
        steps = torch.arange(longest)
        starts = torch.tensor([prompt for _, prompt, _ in self.spans])[:, None]
        lengths = torch.tensor([length for _, _, length in self.spans])[:, None]
        self.mask = steps < lengths
        # Positions of the queries that predict the completion; past a completion's end the last real one.
        self.predicting = starts - 1 + torch.minimum(steps, lengths - 1)
        self.targets = self.inputs["input_ids"].gather(1, self.predicting + 1)
        self.coefficients = coefficients(workload, self.mask)
        self.tokens = int(lengths.sum())

    def model_inputs(self):
        if self.image_order is None:
            return self.inputs
        seen = self.family.model.model.get_image_features(**self.images).pooler_output
        repeated = BaseModelOutputWithPooling(pooler_output=[seen[index] for index in self.image_order])
        return self.inputs | {"mm_encoder_outputs": {"image": repeated}}

    def logprobs(self, **options):
        """[B, T] log-probs, only meaningful where `mask` is 1, and the model's output."""
        self.family.forget()
        output = self.family.model(**self.model_inputs(), use_cache=False, logits_to_keep=self.predicting, **options)
        entropy = F.cross_entropy(output.logits.flatten(0, 1), self.targets.flatten(), reduction="none")
        return -entropy.view(self.targets.shape), output


def coefficients(workload, mask):
    """[B, T]: the workload's, or ones that alternate in sign from sequence to sequence; 0 on padding."""
    result = torch.zeros(mask.shape)
    if "coefficients" in workload:
        rows = [row for group in workload["coefficients"] for row in group]
        for index, row in enumerate(rows):
            result[index, : len(row)] = torch.tensor(row)
        return result
    signs = 1.0 - 2.0 * (torch.arange(len(mask)) % 2)
    return signs[:, None] * mask / mask.sum()


def micro_workloads(workload, size):
    """The workload in parts of at most `size` sequences of one prompt each, whose gradients add up to the whole's."""
    groups = workload["completions"]
    if size is None or size >= sum(len(group) for group in groups):
        yield workload
        return
    total = sum(len(row) for group in groups for row in group)
    signed = [[[(-1) ** g / total] * len(row) for g, row in enumerate(group)] for group in groups]
    given = workload.get("coefficients", signed)
    for prompt, group, rows in zip(workload["prompts"], groups, given):
        for start in range(0, len(group), size):
            part = slice(start, start + size)
            yield workload | {"prompts": [prompt], "completions": [group[part]], "coefficients": [rows[part]]}


def train_phase(family, batches, options):
    model = family.model
    model.train()

    def gradient():
        total = 0.0
        for batch in batches:
            logprobs, _ = batch.logprobs()
            loss = -(batch.coefficients * logprobs).sum()
            loss.backward()
            total += loss.item()
        return total

    gradient()
    name, optimizer = fastest_adam(model, options.optimizer)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = gradient()
        if options.max_gradient_norm > 0:
            torch.nn.utils.clip_grad_norm_(model.parameters(), options.max_gradient_norm, foreach=True)
        optimizer.step()
        return loss

    return step, {"tokens": sum(batch.tokens for batch in batches), "optimizer": name}


def fastest_adam(model, wanted):
    """The AdamW variant that steps fastest here, tried at a rate of 0 on the present gradients."""
    names = [wanted] if wanted else list(ADAM_VARIANTS)
    timings = {}
    for name in names:
        trial = torch.optim.AdamW(model.parameters(), **ADAM | {"lr": 0.0, "weight_decay": 0.0}, **ADAM_VARIANTS[name])
        trial.step()
        started = time.perf_counter()
        for _ in range(3):
            trial.step()
        timings[name] = time.perf_counter() - started
    best = min(timings, key=timings.get)
    return best, torch.optim.AdamW(model.parameters(), **ADAM, **ADAM_VARIANTS[best])


def score_phase(family, batch, _):
    family.model.eval()

    @torch.inference_mode()
    def step():
        return batch.logprobs()[0]

    return step, {"tokens": batch.tokens}


def score_attention_phase(family, batch, _):
    family.model.eval()
    rows = torch.arange(len(batch.spans))[:, None]

    @torch.inference_mode()
    def step():
        logprobs, output = batch.logprobs(output_attentions=True)
        # Own and predicting rows together, so that either choice of row can be read off: [B, T + 1, S].
        last = output.attentions[-1].mean(dim=1)
        queries = torch.cat([batch.predicting[:, :1], batch.predicting + 1], dim=1)
        return logprobs, last[rows, queries]

    return step, {"tokens": batch.tokens}


def sample_phase(family, workload, _):
    model = family.model
    model.eval()
    group, length = workload["groupSize"], workload["maxNewTokens"]
    prompts = [prompt["chunks"] for prompt in workload["prompts"]]
    inputs, _ = family.batch_of(prompts, [[] for _ in prompts], "left")
    configuration = GenerationConfig(
        do_sample=True,
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        num_return_sequences=group,
        max_new_tokens=length,
        eos_token_id=None,
        pad_token_id=0,
        use_cache=True,
    )
    model.generation_config = configuration

    @torch.inference_mode()
    def step():
        family.forget()
        ids = model.generate(**inputs, generation_config=configuration)
        assert ids.shape == (len(prompts) * group, inputs["input_ids"].shape[1] + length), ids.shape
        return ids

    return step, {"tokens": len(prompts) * group * length}


def try_compile(family, step, seconds):
    """Compiles the decoder and runs two warm-up steps; says why when that fails or takes over a minute."""
    outcome = {}

    def attempt():
        try:
            family.decoder.compile()
            step()
            step()
            outcome["works"] = True
        except Exception as error:  # any failure of the compiler is a finding, not a fault of the benchmark
            outcome["reason"] = f"{type(error).__name__}: {str(error).splitlines()[0]}"

    started = time.perf_counter()
    worker = threading.Thread(target=attempt, daemon=True)
    worker.start()
    worker.join(seconds)
    if worker.is_alive():
        outcome["reason"] = f"not compiled within {seconds} seconds"
    return {"works": False} | outcome | {"seconds": round(time.perf_counter() - started, 2)}


def peak_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=pathlib.Path, required=True)
    parser.add_argument("--workload", type=pathlib.Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--phase", choices=["train", "score", "score-attention", "sample"], required=True)
    parser.add_argument("--repetitions", type=int, help="instead of the workload's")
    parser.add_argument("--images", choices=["per-completion", "per-prompt"], default="per-completion")
    parser.add_argument("--attention", choices=["sdpa", "eager"], default="sdpa", help="except for score-attention")
    parser.add_argument("--optimizer", choices=list(ADAM_VARIANTS), help="instead of the fastest")
    parser.add_argument("--max-gradient-norm", type=float, default=0.0, help="clip before the step; 0 does not")
    parser.add_argument("--micro-batch", type=int, help="train: sequences of one prompt at once; all sequences unless given")
    parser.add_argument("--compile", action="store_true", help="torch.compile the decoder")
    parser.add_argument("--check", type=pathlib.Path, help="write log-probs [P][G][T] here (score phases)")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    workload = json.loads(options.workload.read_text())
    attention = "eager" if options.phase == "score-attention" else options.attention
    family = open_family(options.checkpoint, attention)
    before = peak_memory()
    if options.phase == "sample":
        step, report = sample_phase(family, workload, options)
    else:
        parts = micro_workloads(workload, options.micro_batch)
        batches = [Batch(part, family, options.images) for part in parts]
        if options.phase == "train":
            step, report = train_phase(family, batches, options)
        else:
            phases = {"score": score_phase, "score-attention": score_attention_phase}
            step, report = phases[options.phase](family, batches[0], options)
        report["images"] = options.images

    if options.compile:
        report["compile"] = try_compile(family, step, COMPILE_LIMIT_SECONDS)
    seconds = []
    if not options.compile or report["compile"]["works"]:
        step()
        for _ in range(options.repetitions or workload["repetitions"]):
            started = time.perf_counter()
            result = step()
            seconds.append(time.perf_counter() - started)
    report = {
        "phase": options.phase,
        "seconds": seconds,
        **report,
        "threads": options.threads,
        "peakMemoryBytes": peak_memory(),
        "peakMemoryBytesBefore": before,
        "parameters": sum(each.numel() for each in family.model.parameters()),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }
    print(json.dumps(report), flush=True)
    if options.check and options.phase.startswith("score"):
        rows = result[0] if options.phase == "score-attention" else result
        flat = [row[:length].tolist() for row, (_, _, length) in zip(rows, batches[0].spans)]
        group = [len(each) for each in workload["completions"]]
        nested = [[flat.pop(0) for _ in range(count)] for count in group]
        options.check.write_text(json.dumps(nested))
    sys.stdout.flush()
    os._exit(0)  # a compiler that is still at work does not hold the process


if __name__ == "__main__":
    main()
