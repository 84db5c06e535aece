"""The recorded checkpoints of three families, and their cases in the views that a divergence compares."""

import json
from copy import deepcopy
from math import ceil
from typing import Any

import reference
import torch
import transformers
from recorded import FIXTURES, Case
from transformers import AutoModelForImageTextToText, Qwen2VLImageProcessor

END_OF_TEXT, _, _, VISION_START, VISION_END, IMAGE, VIDEO = range(88, 95)
BLACK = {"a": 0, "b": 0, "d": 0, "e": 1}
HALVES = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3}
QWEN3 = Qwen2VLImageProcessor(do_resize=False, patch_size=16, **HALVES)

transformers.utils.logging.set_verbosity_error()


def path_of(checkpoint: str) -> str:
    """Path under fixtures of a checkpoint as recordings name it."""
    return f"qwen/{checkpoint}" if "/" in checkpoint else f"model/{checkpoint}"


def load_model(checkpoint: str) -> Any:
    directory = FIXTURES / path_of(checkpoint)
    return AutoModelForImageTextToText.from_pretrained(directory, dtype="float32", attn_implementation="sdpa").eval()


def sequences_of(checkpoint: str, case: str) -> list[dict[str, Any]]:
    return json.loads((FIXTURES / f"{path_of(checkpoint)}.json").read_text())["cases"][case]["sequences"]


def in_view(sequences: list[dict[str, Any]], ablation: str) -> list[dict[str, Any]]:
    """Sequences with black images, without their images and the marks around them, or as they are."""
    changed = deepcopy(sequences)
    for sequence in changed:
        if ablation == "discard":
            texts = [chunk["tokens"] for chunk in sequence["prompt"] if chunk["kind"] == "text"]
            tokens = [token for each in texts for token in each if token not in (VISION_START, VISION_END)]
            sequence["prompt"] = [{"kind": "text", "tokens": tokens}]
        elif ablation == "black":
            for chunk in sequence["prompt"]:
                if chunk["kind"] == "image":
                    chunk["formula"] = BLACK
    return changed


def group_of(sequence: dict[str, Any]) -> list[dict[str, Any]]:
    """Completions of one prompt as fixtures/skyrl/record.mjs has them: as recorded, backwards, and the first half."""
    completion = sequence["completion"]
    members = (completion, completion[::-1], completion[: ceil(len(completion) / 2)])
    return [sequence | {"completion": own} for own in members]


def case_of(checkpoint: str, sequences: list[dict[str, Any]], side: str = "left") -> Case:
    """A padded batch of sequences."""
    qwen3 = checkpoint.startswith("qwen3_vl")
    edge = 32 if qwen3 else 28
    processor = QWEN3 if qwen3 else reference.PROCESSOR
    ids = []
    patches, grids = [], []
    for sequence in sequences:
        own: list[int] = []
        for chunk in sequence["prompt"]:
            if chunk["kind"] == "text":
                own += chunk["tokens"]
                continue
            width, height = chunk["width"], chunk["height"]
            own += [IMAGE] * (width // edge * (height // edge))
            pixels = reference.procedural_image(width, height, chunk["formula"])
            done = processor(images=[pixels], return_tensors="pt")
            patches.append(done["pixel_values"])
            grids.append(done["image_grid_thw"])
        ids.append(own + sequence["completion"])
    width = max(len(each) for each in ids)
    input_ids = torch.full((len(ids), width), END_OF_TEXT)
    mask = torch.zeros_like(input_ids)
    for row, own in enumerate(ids):
        where = slice(width - len(own), width) if side == "left" else slice(0, len(own))
        input_ids[row, where] = torch.tensor(own)
        mask[row, where] = 1
    inputs = {
        "input_ids": input_ids,
        "attention_mask": mask,
        "mm_token_type_ids": ((input_ids == IMAGE) & (mask == 1)).int(),
    }
    if patches:
        inputs |= {"pixel_values": torch.cat(patches), "image_grid_thw": torch.cat(grids)}
    return Case(inputs, [len(sequence["completion"]) for sequence in sequences])
