"""SkyRL's Tinker server with signals, whose engine works in its own process without Ray and GPU.

python local_server.py PORT DATABASE            the server, which starts
python local_server.py engine OPTIONS           its engine
"""

import sys
from types import SimpleNamespace
from typing import Any

import flash_attn_stand_in

flash_attn_stand_in.import_wrapper()

import inside_skyrl  # noqa: E402
import skyrl.tinker.api as api  # noqa: E402
import skyrl.tinker.engine as engine_module  # noqa: E402
import torch  # noqa: E402
import uvicorn  # noqa: E402
from recorded import FIXTURES  # noqa: E402
from skyrl.tinker import types  # noqa: E402
from skyrl.tinker.config import EngineConfig, config_to_argv  # noqa: E402

from fovea_skyrl import server  # noqa: E402

MODEL = str(FIXTURES / "model" / inside_skyrl.CHECKPOINT)


class NamingBackend(inside_skyrl.LocalBackend):
    """Makes models by name."""

    def __init__(self, base_model: str, config: Any) -> None:
        super().__init__(base_model, config)
        self._model_ids_to_role = {}

    def create_model(self, model_id: str, lora_config: types.LoraConfig, model_role: str = "policy") -> None:
        self._model_ids_to_role[model_id] = model_role

    def delete_model(self, model_id: str) -> None:
        del self._model_ids_to_role[model_id]


def serve(port: int, database: str) -> None:
    server.install()
    api._build_uv_run_cmd_engine = lambda _, config: [sys.executable, __file__, "engine", *config_to_argv(config)]
    api.app.state.engine_config = EngineConfig(base_model=MODEL, backend="fsdp", database_url=f"sqlite:///{database}")
    uvicorn.run(api.app, host="127.0.0.1", port=port)


def work() -> None:
    inside_skyrl.TEMPERATURE = 1.0
    torch.cuda.current_device = lambda: "cpu"
    engine_module.get_backend_classes = lambda *_, **__: (NamingBackend, SimpleNamespace)
    engine_module.main()


if __name__ == "__main__":
    if sys.argv[1] == "engine":
        del sys.argv[1]
        work()
    else:
        serve(int(sys.argv[1]), sys.argv[2])
