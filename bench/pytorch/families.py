"""The model families that the benchmark knows: how a checkpoint is opened, and how prompts become a model's inputs.

The recorders of `fixtures` make batches; a family names the recorder's module and what differs from the other families.
"""

import importlib.util
import json
import pathlib

from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration, SmolVLMForConditionalGeneration

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures"


def reference_of(folder):
    """The module `reference.py` of a folder of fixtures."""
    spec = importlib.util.spec_from_file_location(f"reference_of_{folder}", FIXTURES / folder / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Qwen:
    """Qwen2.5-VL: one tensor with the patches of all images. The tower's output has an entry for each image."""

    model_type = "qwen2_5_vl"
    pixel_inputs = ("pixel_values",)

    def __init__(self, checkpoint, options):
        self.reference = reference_of("model")
        self.model = Qwen2_5_VLForConditionalGeneration.from_pretrained(checkpoint, **options)
        self.decoder = self.model.model.language_model

    def batch_of(self, prompts, completions, side):
        """Model inputs, and for each sequence its offset, prompt length and completion length."""
        sequences = [{"prompt": prompt, "completion": completion} for prompt, completion in zip(prompts, completions)]
        return self.reference.batch_of(sequences, self.model.config.image_token_id, 0, side)

    def images_of(self, prompts):
        """The tower's inputs for the images of some prompts."""
        pixels, grids = self.reference.pixels_of([chunk for prompt in prompts for chunk in prompt])
        return {"pixel_values": pixels, "image_grid_thw": grids}

    def image_order(self, prompts, group_sizes):
        """For each image of the repeated batch its entry in the tower's output for `prompts`."""
        order, first = [], 0
        for prompt, size in zip(prompts, group_sizes):
            count = sum(chunk["kind"] == "image" for chunk in prompt)
            order += list(range(first, first + count)) * size
            first += count
        return order

    def forget(self):
        """Drops the rotary offset that a former pass left behind."""
        self.model.model.rope_deltas = None


class SmolVLM:
    """SmolVLM2: tiles by sequence. The tower's output has an entry for each sequence."""

    model_type = "smolvlm"
    pixel_inputs = ("pixel_values", "pixel_attention_mask")

    def __init__(self, checkpoint, options):
        self.reference = reference_of("smolvlm")
        self.model = SmolVLMForConditionalGeneration.from_pretrained(checkpoint, **options)
        self.decoder = self.model.model.text_model
        self.tokenizer = AutoTokenizer.from_pretrained(checkpoint)
        settings = json.loads((checkpoint / "preprocessor_config.json").read_text())
        given = {key: settings[key] for key in ["size", "max_image_size"]}
        side = settings["max_image_size"]["longest_edge"] // self.model.config.vision_config.patch_size
        tokens = (side // self.model.config.scale_factor) ** 2
        self.processors = self.reference.Processors(self.model_type, self.tokenizer, given, tokens)

    def batch_of(self, prompts, completions, side):
        processed = {id(prompt): self.processors.prompt(prompt) for prompt in prompts}
        given = [processed[id(prompt)] for prompt in prompts]
        return self.reference.batch_of(given, completions, self.tokenizer.pad_token_id, side)

    def images_of(self, prompts):
        inputs, _ = self.batch_of(prompts, [[] for _ in prompts], "left")
        return {name: inputs[name] for name in self.pixel_inputs}

    def image_order(self, prompts, group_sizes):
        return [index for index, size in enumerate(group_sizes) for _ in range(size)]

    def forget(self):
        pass


FAMILIES = {family.model_type: family for family in (Qwen, SmolVLM)}


def open_family(checkpoint, attention):
    """Opens a checkpoint in float32 with the given implementation of attention."""
    model_type = json.loads((checkpoint / "config.json").read_text())["model_type"]
    if model_type not in FAMILIES:
        raise SystemExit(f"config.json: expected a model_type of {', '.join(FAMILIES)}, got {model_type}")
    return FAMILIES[model_type](checkpoint, {"dtype": "float32", "attn_implementation": attention})
