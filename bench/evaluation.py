"""lmms-eval's side of evaluation.mjs.

    python evaluation.py prepare FOLDER --problems N    made-up charts and questions in the form of lmms-lab/ChartQA
    python evaluation.py run [--dtype float32] [--tokens FILE] -- ARGUMENTS    lmms-eval with these arguments

lmms-eval's class for Qwen2.5-VL asks for bfloat16 always; `--dtype float32` puts that in its place, so that both sides compute
in one precision. `--tokens` writes each prompt's ids and those of its answer. Everything else is lmms-eval as it is.
"""

import argparse
import json
import pathlib
import random
import runpy
import sys

PLACE = pathlib.Path("lmms-lab-encoder/ChartQA")
CARD = "---\nconfigs:\n- config_name: default\n  data_files:\n  - split: test\n    path: data/test-*\n---\n"
NAMES = "January February March April May June July August September October November December".split()


def chart(rng):
    """Bars of twelve months, of one of the usual sizes."""
    from PIL import Image, ImageDraw

    width, height = rng.choice([(448, 336), (420, 308), (500, 380), (392, 392)])
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    values = [rng.randint(10, 99) for _ in NAMES]
    step = width // 14
    for place, value in enumerate(values):
        left = (place + 1) * step
        draw.rectangle([left, height - 30 - value * (height - 80) // 100, left + step * 2 // 3, height - 30], fill=(40, 90, 20 * place))
        draw.text((left, height - 24), NAMES[place][:3], fill="black")
        draw.text((left, height - 45 - value * (height - 80) // 100), str(value), fill="black")
    return image, values


def prepare(folder, problems):
    import datasets

    rng = random.Random(7)
    rows = []
    for number in range(problems):
        image, values = chart(rng)
        month = rng.randrange(12)
        rows.append({"type": rng.choice(["human_test", "augmented_test"]), "answer": str(values[month]), "image": image,
                     "question": f"Of chart {number}: how high is the bar of {NAMES[month]}?"})
    target = folder / PLACE / "data"
    target.mkdir(parents=True)
    datasets.Dataset.from_list(rows).to_parquet(str(target / "test-00000-of-00001.parquet"))
    (folder / PLACE / "README.md").write_text(CARD)
    print(json.dumps({"data": str(target)}))


def versions():
    from importlib.metadata import version

    return {name: version(name) for name in ["lmms_eval", "torch", "transformers", "datasets", "qwen-vl-utils"]}


def run(arguments, dtype, tokens):
    import torch
    from transformers import Qwen2_5_VLForConditionalGeneration as Model

    opened, generated, recorded = Model.from_pretrained.__func__, Model.generate, []

    def from_pretrained(cls, *positional, **named):
        named.pop("torch_dtype", None)
        return opened(cls, *positional, dtype=getattr(torch, dtype), **named)

    def generate(self, **named):
        out = generated(self, **named)
        for ids, mask, sequence in zip(named["input_ids"], named["attention_mask"], out):
            recorded.append({"prompt": ids[mask.bool()].tolist(), "answer": sequence[len(ids):].tolist()})
        return out

    Model.from_pretrained = classmethod(from_pretrained)
    if tokens:
        Model.generate = generate
    sys.argv = ["lmms_eval", *arguments]
    try:
        runpy.run_module("lmms_eval", run_name="__main__")
    finally:
        if tokens:
            tokens.write_text(json.dumps({"versions": versions(), "answers": recorded}))


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("prepare")
    making.add_argument("folder", type=pathlib.Path)
    making.add_argument("--problems", type=int, required=True)
    running = commands.add_parser("run")
    running.add_argument("--dtype", default="float32")
    running.add_argument("--tokens", type=pathlib.Path)
    running.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.command == "prepare":
        prepare(options.folder, options.problems)
    else:
        run([word for word in options.arguments if word != "--"], options.dtype, options.tokens)


if __name__ == "__main__":
    main()
