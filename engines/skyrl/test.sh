#!/usr/bin/env bash
# Tests of this package, in a virtual environment of its own. No GPU is needed.
#
#     bash engines/skyrl/test.sh                 the signals: PyTorch and transformers, one process and two (FSDP2)
#     bash engines/skyrl/test.sh --with-skyrl    those, and the parts that run inside SkyRL; Python 3.12 or newer
#     bash engines/skyrl/test.sh --with-client   all, and Fovea's client at SkyRL's server; after `npm run build`
#
# FOVEA_SKYRL_VENV names the environment (default engines/skyrl/.venv), PYTHON the interpreter that makes it.
set -euo pipefail
cd "$(dirname "$0")"
venv=${FOVEA_SKYRL_VENV:-.venv}
python=${PYTHON:-python3}
export OMP_NUM_THREADS=1

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
install() { "$venv/bin/python" -m pip install --quiet "$@"; }

if [ "${1:-}" = --with-skyrl ] || [ "${1:-}" = --with-client ]; then
  # What SkyRL imports on the way to its model wrapper, worker, backend and server; not vLLM and flash-attn, which need CUDA.
  install -r requirements-skyrl.txt -e '.[test]'
  install --no-deps skyrl==0.4.0
  folders=(tests tests_skyrl)
  [ "$1" = --with-skyrl ] || folders+=(tests_client)
  "$venv/bin/ruff" check .
  "$venv/bin/ruff" format --check .
  "$venv/bin/python" -m pytest "${folders[@]}"
else
  install -e '.[test]'
  "$venv/bin/ruff" check .
  "$venv/bin/ruff" format --check .
  "$venv/bin/python" -m pytest tests
fi
