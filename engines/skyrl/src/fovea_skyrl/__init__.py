"""Fovea's attention signals from a forward pass of Qwen2.5-VL, and SkyRL's Tinker server with them.

Read in this order: `request` (what may be asked for), `layout` (which positions of a batch it is about), `rows`
(attention rows, block by block), `shifts` and `calibrated` (what becomes of rows), `capture` (the hooks), `score` (a
whole pass). None of these knows SkyRL. `wire`, `worker`, `backend` and `server` carry signals through it.
"""

from fovea_skyrl.capture import SignalCapture
from fovea_skyrl.errors import RequestError, ShardedSequenceError, SkyRLVersionError, UnsupportedModelError
from fovea_skyrl.layout import BatchLayout
from fovea_skyrl.request import AttentionRequest, BiasCurve, CalibratedRequest, SignalRequest
from fovea_skyrl.score import Score, score

__all__ = [
    "AttentionRequest",
    "BatchLayout",
    "BiasCurve",
    "CalibratedRequest",
    "RequestError",
    "Score",
    "ShardedSequenceError",
    "SignalCapture",
    "SignalRequest",
    "SkyRLVersionError",
    "UnsupportedModelError",
    "score",
]
