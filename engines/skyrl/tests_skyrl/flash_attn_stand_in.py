"""SkyRL's model wrapper imports two functions of flash-attn, which cannot be installed without CUDA.

It calls them only to pack sequences. While it is imported they exist here, and fail when called.
"""

import sys
from types import ModuleType
from typing import Any

# What asks whether flash-attn is installed must have asked before.
import peft  # noqa: F401
import transformers.models.auto.modeling_auto  # noqa: F401
import transformers.models.qwen2_5_vl.modeling_qwen2_5_vl  # noqa: F401


def import_wrapper() -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("flash-attn was called")

    package, padding = ModuleType("flash_attn"), ModuleType("flash_attn.bert_padding")
    padding.pad_input = padding.unpad_input = refuse
    sys.modules |= {"flash_attn": package, "flash_attn.bert_padding": padding}
    try:
        import skyrl.backends.skyrl_train.workers.model_wrapper  # noqa: F401
    finally:
        del sys.modules["flash_attn"], sys.modules["flash_attn.bert_padding"]
