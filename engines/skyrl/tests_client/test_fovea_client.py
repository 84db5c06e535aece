"""Fovea's own client reads the same signals from SkyRL's server as from Fovea's engine; after `npm run build`."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PATHS = (HERE.parent / "src", HERE.parent / "tests", HERE.parent / "tests_skyrl", ROOT / "fixtures" / "model")
LIMIT_SECONDS = 300


@pytest.fixture
def url(tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    log = tmp_path / "output.txt"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, str(PATHS[2] / "local_server.py"), str(port), str(tmp_path / "tinker.db")],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(str(each) for each in PATHS)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + LIMIT_SECONDS
        while not answers(address):
            assert time.monotonic() < deadline and process.poll() is None, log.read_text()
            time.sleep(0.5)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/v1/healthz") as answer:
            return answer.status == 200
    except OSError:
        return False


def test_the_client_finds_signals_and_they_are_those_of_the_local_engine(url):
    command = ["node", "fixtures/skyrl/compare-client.mjs", url, "untied-gqa"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_SECONDS)
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["sequences"] == 6
    measures = {"full-distribution", "group-divergence", "hidden-images", "value-replacement"}
    assert {"attention", "attention-measure", "calibrated-attention"} | measures <= set(said["capabilities"])
    differences = said["largestDifference"]
    assert set(differences) == {
        *("logprobs", "entropy", "visualMass", "textMass", "visualShift", "textShift"),
        *("sharpness", "divergence", "connectivity", "gram"),
        *("divergence (vocabulary)", "jensenShannon (vocabulary)", "nucleusEntropy (vocabulary)"),
        *("ablatedLogprobs (vocabulary)", "ablatedEntropy (vocabulary)"),
        *("likeliest tokens", "their log-probs", "hidden images"),
        *("replaced values", "entropy (replaced values)", "visualMass (replaced values)"),
        *("groupDivergence", "logprobs (groups)", "divergence (groups)", "weights of tw-grpo"),
    }
    assert max(differences.values()) < 1e-4, differences
