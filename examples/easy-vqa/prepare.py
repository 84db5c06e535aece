"""Writes easy-VQA (PyPI package easy-vqa, MIT) as JSON lines that Fovea reads.

Usage: python prepare.py OUT

OUT/sft.jsonl has 500 training rows, each of another picture: 400 that ask for a colour or a shape and 100 of yes or no.
OUT/validation.jsonl has 500 other rows, OUT/train.jsonl the rest, OUT/test.jsonl the package's own test split, OUT/images the
pictures. The rows are shuffled by a fixed seed.
"""

import json
import random
import shutil
import sys
from pathlib import Path

import easy_vqa

WARM_START = {"colour": 200, "shape": 200, "yes or no": 100}
VALIDATION = 500


def kind(question, answer):
    if answer in ("yes", "no"):
        return "yes or no"
    return "colour" if "color" in question else "shape"


def rows(split):
    data = Path(easy_vqa.__file__).parent / "data" / split
    shutil.copytree(data / "images", out / "images" / split, dirs_exist_ok=True)
    questions = json.loads((data / "questions.json").read_text())
    for number, (question, answer, image) in enumerate(questions):
        yield {
            "id": f"{split}-{number}",
            "image": f"images/{split}/{image}.png",
            "question": question,
            "answer": answer,
            "kind": kind(question, answer),
        }


def warm_start(train):
    """The first rows of each kind whose pictures are not taken yet."""
    left = dict(WARM_START)
    pictures = set()
    for row in train:
        if left[row["kind"]] > 0 and row["image"] not in pictures:
            left[row["kind"]] -= 1
            pictures.add(row["image"])
            yield row


def write(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    print(f"{path}: {len(lines)} rows")


out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
train = list(rows("train"))
random.Random(0).shuffle(train)
test = list(rows("test"))
random.Random(0).shuffle(test)
shown = list(warm_start(train))
chosen = {row["id"] for row in shown}
rest = [row for row in train if row["id"] not in chosen]
write(out / "sft.jsonl", shown)
write(out / "validation.jsonl", rest[:VALIDATION])
write(out / "train.jsonl", rest[VALIDATION:])
write(out / "test.jsonl", test)
