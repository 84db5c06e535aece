"""SkyRL's background engine with signals, as the server starts it: `python -m fovea_skyrl.engine_process`."""

import ray
import skyrl.backends.skyrl_train.workers.fsdp.fsdp_worker as worker_module
import skyrl.backends.skyrl_train_backend as backend_module
import skyrl.tinker.engine as engine_module

from fovea_skyrl.backend import SignalBackend
from fovea_skyrl.versions import require
from fovea_skyrl.worker import SignalPolicyWorker


def install() -> None:
    """Puts the backend and the worker in the places from which SkyRL takes them.

    Workers run in processes of their own on any node: Ray imports `fovea_skyrl.worker` there, so the package must be
    installed wherever SkyRL is.
    """
    require(backend_module, "SkyRLTrainBackend")
    require(
        backend_module.SkyRLTrainBackend,
        "_split_model_pass_batch_by_model_id",
        "_forward_single_model_batch",
        "_forward_backward_single_model_batch",
        "_to_training_batch",
        "_get_batch_role",
    )
    require(worker_module, "PolicyWorker", "FSDPPolicyWorkerBase")
    backend_module.SkyRLTrainBackend = SignalBackend
    worker_module.PolicyWorker = ray.remote(num_gpus=1)(SignalPolicyWorker)


def main() -> None:
    install()
    engine_module.main()


if __name__ == "__main__":
    main()
