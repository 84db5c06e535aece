"""transformers' side of processor.mjs: images per second from file to patches, one JSON line.

    python processor.py FOLDER --threads N      one image after the other, and in a pool of N threads
    python processor.py FOLDER --check N        SHA-256 of the first N images' patches
"""

import argparse
import hashlib
import json
import pathlib
import time
from concurrent.futures import ThreadPoolExecutor

import PIL
import transformers
from transformers.image_utils import load_image
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

PROCESSOR = Qwen2VLImageProcessorPil(size={"shortest_edge": 56 * 56, "longest_edge": 28 * 28 * 1280})


def patches(path):
    return PROCESSOR(images=[load_image(str(path))], return_tensors="np")["pixel_values"]


def rate(files, run):
    start = time.perf_counter()
    run(files)
    return len(files) / (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--check", type=int)
    options = parser.parse_args()
    files = sorted(options.folder.iterdir(), key=lambda path: int(path.stem))
    versions = {"transformers": transformers.__version__, "pillow": PIL.__version__}
    if options.check:
        digest = hashlib.sha256(b"".join(patches(path).astype("<f4").tobytes() for path in files[: options.check]))
        print(json.dumps({"sha256": digest.hexdigest(), "versions": versions}))
        return
    for path in files[:5]:
        patches(path)
    with ThreadPoolExecutor(options.threads) as pool:
        pooled = rate(files, lambda each: list(pool.map(lambda path: patches(path).shape, each)))
    before = time.process_time()
    sequence = rate(files, lambda each: [patches(path).shape for path in each])
    cpu = (time.process_time() - before) * 1000 / len(files)
    print(json.dumps({"sequence": sequence, "pool": pooled, "cpu": cpu}))


if __name__ == "__main__":
    main()
