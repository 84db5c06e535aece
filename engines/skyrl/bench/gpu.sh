#!/usr/bin/env bash
# What this package costs on one GPU, and what the doctor of engines can see there. Installs nothing; under 10 minutes on an H100.
#
#     bash engines/skyrl/bench/gpu.sh                Qwen2.5-VL-3B's true shape, random weights, bfloat16
#     bash engines/skyrl/bench/gpu.sh --rehearse     a small shape on the CPU; its numbers mean nothing
#
# PYTHON (default python3) has PyTorch, transformers and pymetis. Prints one JSON line a part:
#
#     overhead    seconds and memory of a pass with DyCo-RL's signals, AT-RL's and both, against none and against eager attention
#     mismatch    sampler against trainer, and three image faults: raw pixels, stale pictures, dropped weights
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONPATH="src:bench${PYTHONPATH:+:$PYTHONPATH}"
python=${PYTHON:-python3}
if [ "${1:-}" = --rehearse ]; then
  "$python" bench/overhead.py --rehearse --batch 2 --micro-batch 2 --tokens 32 --repeats 2
  "$python" bench/mismatch.py --rehearse --batch 2 --tokens 16
else
  "$python" bench/overhead.py
  "$python" bench/mismatch.py
fi
