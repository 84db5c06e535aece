"""The one command starts SkyRL's server and its background engine, and stops them."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest
from inside_skyrl import CHECKPOINT
from recorded import FIXTURES

HERE = Path(__file__).resolve().parent
LIMIT_SECONDS = 180


@pytest.fixture
def model(tmp_path):
    """A checkpoint with some tokenizer: SkyRL's engine opens one when it starts."""
    directory = tmp_path / "model"
    shutil.copytree(FIXTURES / "model" / CHECKPOINT, directory)
    shutil.copy(FIXTURES.parent / "assets" / "small" / "tokenizer.json", directory)
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "<|endoftext|>"}
    (directory / "tokenizer_config.json").write_text(json.dumps(settings))
    return directory


class Command:
    """`python -m fovea_skyrl` in a process of its own, its output in a file."""

    def __init__(self, model: Path, *options: str) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        self.log = model.parent / "output.txt"
        paths = (HERE.parent / "src", HERE / "stand_in")
        settings = {"PYTHONPATH": os.pathsep.join(str(each) for each in paths), "COLUMNS": "200"}
        database = f"sqlite:///{model.parent}/tinker.db"
        arguments = ["--base-model", str(model), "--port", str(self.port), "--database-url", database, *options]
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "fovea_skyrl", *arguments],
                env=os.environ | settings,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + LIMIT_SECONDS
        while text not in self.log.read_text():
            assert time.monotonic() < deadline and self.process.poll() is None, self.log.read_text()
            time.sleep(0.2)

    def get(self, path: str) -> dict:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
            return json.load(answer)


def test_the_command_starts_server_and_engine_and_stops_both(model):
    command = Command(model)
    try:
        command.wait_for("Uvicorn running")
        said = command.get("/api/v1/get_server_capabilities")
        command.wait_for("backend=SignalBackend")
        [engine] = psutil.Process(command.process.pid).children()
        assert "trainer.remove_microbatch_padding" in str(engine.cmdline())
    finally:
        command.process.send_signal(signal.SIGINT)
        command.process.wait(timeout=60)
    assert said["supported_models"][0]["model_name"] == str(model)
    assert said["fovea_signals"]["protocol"] == 2
    assert not engine.is_running()


def test_another_backend_is_refused_with_status_2(model):
    command = Command(model, "--backend", "jax")
    assert command.process.wait(timeout=LIMIT_SECONDS) == 2
    assert "fovea_skyrl: --backend: expected fsdp, got jax" in command.log.read_text()
