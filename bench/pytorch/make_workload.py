"""Writes a random checkpoint of the digits model's size and a workload of its shape: `python make_workload.py DIR`.

For trying bench.py alone; the benchmark proper hands it a checkpoint and a workload of its own.
"""

import argparse
import json
import pathlib

import numpy
import torch
import transformers
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

VOCABULARY = 480
VISION_START, VISION_END, IMAGE, VIDEO = 470, 471, 472, 473
FIRST_SPECIAL = 468


def checkpoint(directory):
    config = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": VOCABULARY,
            "hidden_size": 128,
            "intermediate_size": 384,
            "num_hidden_layers": 4,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0, "mrope_section": [4, 6, 6]},
            "bos_token_id": FIRST_SPECIAL,
            "eos_token_id": FIRST_SPECIAL + 1,
        },
        vision_config={
            "depth": 2,
            "hidden_size": 96,
            "num_heads": 4,
            "intermediate_size": 192,
            "out_hidden_size": 128,
            "fullatt_block_indexes": [1],
        },
        tie_word_embeddings=True,
        image_token_id=IMAGE,
        video_token_id=VIDEO,
        vision_start_token_id=VISION_START,
        vision_end_token_id=VISION_END,
    )
    torch.manual_seed(0)
    Qwen2_5_VLForConditionalGeneration._from_config(config).save_pretrained(directory)


def workload(options):
    draw = numpy.random.default_rng(0)

    def text(length):
        return [int(each) for each in draw.integers(0, FIRST_SPECIAL, length)]

    def prompt(index):
        formula = {"a": 3 + index % 7, "b": 5 + index % 11, "d": 40, "e": 97}
        image = {"kind": "image", "width": options.canvas, "height": options.canvas, "formula": formula}
        first = {"kind": "text", "tokens": [*text(14), VISION_START]}
        last = {"kind": "text", "tokens": [VISION_END, *text(14 + index % 5)]}
        return {"chunks": [first, image, last]}

    lengths = draw.integers(options.tokens * 3 // 5, options.tokens + 1, (options.prompts, options.group))
    return {
        "prompts": [prompt(index) for index in range(options.prompts)],
        "groupSize": options.group,
        "completions": [[text(length) for length in row] for row in lengths],
        "maxNewTokens": options.tokens,
        "repetitions": options.repetitions,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--prompts", type=int, default=16)
    parser.add_argument("--group", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=40, help="longest completion")
    parser.add_argument("--canvas", type=int, default=84, help="pixels per side, a multiple of 28")
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args()
    transformers.utils.logging.disable_progress_bar()
    checkpoint(options.directory / "checkpoint")
    (options.directory / "workload.json").write_text(json.dumps(workload(options)))


if __name__ == "__main__":
    main()
