"""The recorded checkpoints of fixtures/model, which Fovea's engine and transformers both open, and their cases."""

import json
import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import reference
import torch
import transformers
from torch import Tensor
from transformers import Qwen2_5_VLForConditionalGeneration

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"

END_OF_TEXT = 88

logging.getLogger("transformers").setLevel(logging.ERROR)
transformers.utils.logging.disable_progress_bar()
torch.set_num_threads(1)


@dataclass(frozen=True)
class Case:
    """A padded batch of one recorded case."""

    inputs: dict[str, Tensor]
    lengths: list[int]


def load_model(name: str, attention: str = "sdpa") -> Qwen2_5_VLForConditionalGeneration:
    load = Qwen2_5_VLForConditionalGeneration.from_pretrained
    return load(FIXTURES / "model" / name, dtype="float32", attn_implementation=attention).eval()


@cache
def read(path: str) -> Any:
    return json.loads((FIXTURES / path).read_text())


def load_case(checkpoint: str, name: str, side: str = "left") -> Case:
    recorded = read(f"model/{checkpoint}.json")
    image = recorded["specialTokens"]["image_pad"]
    sequences = recorded["cases"][name]["sequences"]
    inputs, spans = reference.batch_of(sequences, image, END_OF_TEXT, side)
    return Case(inputs, [length for _, _, length in spans])
