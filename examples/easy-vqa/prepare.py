"""Writes easy-VQA (PyPI package easy-vqa, MIT) as JSON lines that Fovea reads.

Usage: python prepare.py OUT

OUT/sft.jsonl has the first 400 training rows, OUT/train.jsonl the other training rows but 500, OUT/validation.jsonl those
500, OUT/test.jsonl the package's own test split, OUT/images the pictures. The rows are shuffled by a fixed seed.
"""

import json
import random
import shutil
import sys
from pathlib import Path

import easy_vqa

WARM_START = 400
VALIDATION = 500


def rows(split):
    data = Path(easy_vqa.__file__).parent / "data" / split
    shutil.copytree(data / "images", out / "images" / split, dirs_exist_ok=True)
    questions = json.loads((data / "questions.json").read_text())
    for number, (question, answer, image) in enumerate(questions):
        path = f"images/{split}/{image}.png"
        yield {"id": f"{split}-{number}", "image": path, "question": question, "answer": answer}


def write(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    print(f"{path}: {len(lines)} rows")


out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
train = list(rows("train"))
random.Random(0).shuffle(train)
test = list(rows("test"))
random.Random(0).shuffle(test)
write(out / "sft.jsonl", train[:WARM_START])
write(out / "validation.jsonl", train[WARM_START : WARM_START + VALIDATION])
write(out / "train.jsonl", train[WARM_START + VALIDATION :])
write(out / "test.jsonl", test)
