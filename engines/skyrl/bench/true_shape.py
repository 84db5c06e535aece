"""Qwen2.5-VL-3B's true shape with random weights, a smaller one to rehearse with, and batches with images."""

import argparse
import json
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

IMAGE_TOKEN, VISION_START = 151655, 151652
ROPE = {"rope_type": "default", "rope_theta": 1e6}


@dataclass(frozen=True)
class Shape:
    """Of a model and of its inputs."""

    text: dict
    vision: dict
    image_side: int
    """Tokens of an image in each direction."""
    question: int
    """Tokens between the image and the completion."""

    @property
    def patch_side(self) -> int:
        return 2 * self.image_side


TRUE = Shape(
    text={
        "vocab_size": 151936,
        "hidden_size": 2048,
        "intermediate_size": 11008,
        "num_hidden_layers": 36,
        "num_attention_heads": 16,
        "num_key_value_heads": 2,
        "rms_norm_eps": 1e-6,
        "max_position_embeddings": 128000,
        "rope_parameters": ROPE | {"mrope_section": [16, 24, 24]},
    },
    vision={"depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16, "out_hidden_size": 2048},
    image_side=24,
    question=128,
)
SMALL = Shape(
    text={
        "vocab_size": 151936,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "rms_norm_eps": 1e-6,
        "rope_parameters": ROPE | {"mrope_section": [2, 3, 3]},
    },
    vision={
        "depth": 2,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_heads": 2,
        "out_hidden_size": 64,
        "fullatt_block_indexes": [1],
    },
    image_side=4,
    question=8,
)


def arguments(description: str | None, **numbers: int) -> argparse.Namespace:
    """Options of a benchmark: those of the shape, and whole numbers with their defaults."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rehearse", action="store_true", help="a small shape on the CPU, in single precision")
    parser.add_argument("--attention", default="sdpa", choices=["sdpa", "flash_attention_2"])
    for name, default in numbers.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)
    options = parser.parse_args()
    if not options.rehearse and not torch.cuda.is_available():
        parser.error("expected a CUDA device, found none; --rehearse runs a small shape on the CPU")
    return options


@dataclass(frozen=True)
class Bench:
    """Where a benchmark runs, and with which shape."""

    shape: Shape
    device: str
    dtype: torch.dtype
    name: str
    """Of the device."""

    @staticmethod
    def of(options: argparse.Namespace) -> "Bench":
        if options.rehearse:
            return Bench(SMALL, "cpu", torch.float32, "cpu")
        return Bench(TRUE, "cuda", torch.bfloat16, torch.cuda.get_device_name())

    def model(self, attention: str) -> Qwen2_5_VLForConditionalGeneration:
        """A model with random weights, the same at each call."""
        config = Qwen2_5_VLConfig(
            text_config=self.shape.text,
            vision_config=self.shape.vision,
            tie_word_embeddings=True,
            image_token_id=IMAGE_TOKEN,
            vision_start_token_id=VISION_START,
        )
        torch.manual_seed(0)
        with torch.device(self.device):
            model = Qwen2_5_VLForConditionalGeneration._from_config(config, attn_implementation=attention, dtype=self.dtype)
        return model.eval()

    def batch(self, size: int, completion: int) -> dict[str, Tensor]:
        """Prompts of one image each and random completions of that many tokens."""
        image = self.shape.image_side**2
        width = 2 + image + self.shape.question + completion
        ids = torch.randint(0, 150000, (size, width), device=self.device)
        ids[:, 1] = VISION_START
        ids[:, 2 : 2 + image] = IMAGE_TOKEN
        side = self.shape.patch_side
        return {
            "input_ids": ids,
            "attention_mask": torch.ones_like(ids),
            "mm_token_type_ids": (ids == IMAGE_TOKEN).int(),
            "pixel_values": torch.randn(size * side * side, 1176, device=self.device, dtype=self.dtype),
            "image_grid_thw": torch.tensor([[1, side, side]] * size, device=self.device),
        }

    def report(self, part: str, options: argparse.Namespace, results: dict) -> None:
        """Prints one JSON line."""
        where = {"part": part, "device": self.name, "dtype": str(self.dtype), "torch": torch.__version__}
        print(json.dumps(where | vars(options) | {"results": results}), flush=True)


def part_of(batch: dict[str, Tensor], start: int, size: int) -> dict[str, Tensor]:
    """Some rows of a batch; each has as many patches as the others."""
    patches = batch["pixel_values"].shape[0] // batch["input_ids"].shape[0]
    return {
        name: each[start * patches : (start + size) * patches] if name == "pixel_values" else each[start : start + size]
        for name, each in batch.items()
    }
