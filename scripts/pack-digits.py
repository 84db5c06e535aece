"""Packs the 1,797 scans of the UCI optical digits test set into assets/digits/scans.bin.

Usage: python scripts/pack-digits.py digits.csv.gz assets/digits/scans.bin

The input is sklearn/datasets/data/digits.csv.gz from any scikit-learn wheel: one scan a line, 64 grey levels 0..16
in row-major order, then the label. The output keeps that order: 65 bytes a scan, 64 grey levels and the label.
"""

import gzip
import hashlib
import sys

SOURCE_SHA256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"


def main() -> None:
    source, target = sys.argv[1:]
    with open(source, "rb") as file:
        packed = file.read()
    found = hashlib.sha256(packed).hexdigest()
    if found != SOURCE_SHA256:
        sys.exit(f"{source}: expected sha256 {SOURCE_SHA256}, got {found}")
    scans = bytearray()
    for line in gzip.decompress(packed).decode("ascii").split():
        numbers = [int(float(number)) for number in line.split(",")]
        if len(numbers) != 65 or not all(0 <= n <= 16 for n in numbers[:64]) or not 0 <= numbers[64] <= 9:
            sys.exit(f"{source}: expected 64 grey levels and a label, got {line}")
        scans += bytes(numbers)
    with open(target, "wb") as file:
        file.write(scans)
    print(f"{target}: {len(scans) // 65} scans, {len(scans)} bytes, sha256 {hashlib.sha256(scans).hexdigest()}")


main()
