"""`python -m fovea_skyrl --base-model … --backend fsdp`: SkyRL's Tinker server with Fovea's signals.

Takes the options of `python -m skyrl.tinker.api`.
"""

import argparse
import sys

import skyrl.tinker.api as api
import uvicorn
from skyrl.tinker.config import EngineConfig, add_model
from skyrl.utils.log import get_uvicorn_log_config

from fovea_skyrl import server
from fovea_skyrl.errors import ShardedSequenceError, SkyRLVersionError, UnsupportedModelError, WeightNameError


def main() -> int:
    parser = argparse.ArgumentParser(prog="fovea_skyrl", description="SkyRL's Tinker server with Fovea's signals")
    add_model(parser, EngineConfig)
    parser.set_defaults(backend="fsdp")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on")
    options = vars(parser.parse_args())
    config = EngineConfig.model_validate({key: options[key] for key in EngineConfig.model_fields})
    config = server.without_packing(config)
    try:
        server.check(config)
        server.install()
    except (ShardedSequenceError, SkyRLVersionError, UnsupportedModelError, WeightNameError) as error:
        print(f"fovea_skyrl: {error}", file=sys.stderr)
        return 2
    api.app.state.engine_config = config
    uvicorn.run(api.app, host=options["host"], port=options["port"], log_config=get_uvicorn_log_config())
    return 0


if __name__ == "__main__":
    sys.exit(main())
