"""SkyRL's background engine with signals, as the server starts it: `python -m fovea_skyrl.engine_process`."""

import ray
import skyrl.backends.skyrl_train.workers.fsdp.fsdp_worker as worker_module
import skyrl.backends.skyrl_train_backend as backend_module
import skyrl.tinker.engine as engine_module
from skyrl.backends.skyrl_train.inference_servers.remote_inference_client import RemoteInferenceClient

from fovea_skyrl.backend import SignalBackend
from fovea_skyrl.dispatch import PictureDispatch
from fovea_skyrl.versions import require
from fovea_skyrl.worker import SignalPolicyWorker


def install() -> None:
    """Puts the backend, its dispatch and the worker in the places from which SkyRL takes them.

    Workers run in processes of their own on any node: Ray imports `fovea_skyrl.worker` there, so the package must be
    installed wherever SkyRL is.
    """
    require(backend_module, "SkyRLTrainBackend", "WorkerDispatch")
    require(
        backend_module.SkyRLTrainBackend,
        "_split_model_pass_batch_by_model_id",
        "_forward_single_model_batch",
        "_forward_backward_single_model_batch",
        "_to_training_batch",
        "_get_batch_role",
    )
    require(backend_module.WorkerDispatch, "save_weights_for_sampler")
    require(RemoteInferenceClient, "_call_all_servers")
    require(worker_module, "PolicyWorker", "FSDPPolicyWorkerBase")
    backend_module.SkyRLTrainBackend = SignalBackend
    backend_module.WorkerDispatch = PictureDispatch
    worker_module.PolicyWorker = ray.remote(num_gpus=1)(SignalPolicyWorker)


def main() -> None:
    install()
    engine_module.main()


if __name__ == "__main__":
    main()
