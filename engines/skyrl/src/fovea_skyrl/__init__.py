"""Fovea's signals from a forward pass of Qwen2-VL, Qwen2.5-VL and Qwen3-VL, and SkyRL's Tinker server with them.

Read in this order: `request` (what may be asked for), `layout` (which positions of a batch it is about), `rows`
(attention rows, block by block), `shifts`, `calibrated` and `clusters` (what becomes of rows), `hidden` (hidden states),
`distributions` (what needs logits), `decoders` (the families), `capture` (the hooks), `hidden_images` and `replaced_values`
(what `changed_images` changes within the model), `group_divergence` (completions of one prompt), `score` (a whole pass). None of
these knows SkyRL. `wire`, `views`, `passes`, `worker`, `batches`, `arrangement`, `backend` and `server` carry signals through
it; `images`, `dispatch` and `weight_names` keep sampler and trainer at the same pictures and weights.
"""

from fovea_skyrl.capture import SignalCapture
from fovea_skyrl.errors import (
    RequestError,
    SamplerError,
    ShardedSequenceError,
    SkyRLVersionError,
    UnsupportedModelError,
    WeightNameError,
)
from fovea_skyrl.layout import BatchLayout
from fovea_skyrl.request import (
    AttentionRequest,
    BiasCurve,
    CalibratedRequest,
    ClusterRequest,
    HiddenRequest,
    ReplacementRequest,
    SignalRequest,
)
from fovea_skyrl.score import Score, score

__all__ = [
    "AttentionRequest",
    "BatchLayout",
    "BiasCurve",
    "CalibratedRequest",
    "ClusterRequest",
    "HiddenRequest",
    "ReplacementRequest",
    "RequestError",
    "SamplerError",
    "Score",
    "ShardedSequenceError",
    "SignalCapture",
    "SignalRequest",
    "SkyRLVersionError",
    "UnsupportedModelError",
    "WeightNameError",
    "score",
]
