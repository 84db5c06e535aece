from collections.abc import Callable
from typing import Any

import pytest
from recorded import Case, load_case, load_model, read
from transformers import Qwen2_5_VLForConditionalGeneration


@pytest.fixture
def model_of() -> Callable[..., Qwen2_5_VLForConditionalGeneration]:
    return load_model


@pytest.fixture
def case_of() -> Callable[..., Case]:
    return load_case


@pytest.fixture
def recording() -> Any:
    """What Fovea's local engine says, fixtures/skyrl/signals.json."""
    return read("skyrl/signals.json")
