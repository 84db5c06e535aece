"""What may be asked of a forward pass, and its form in Tinker's `loss_fn_config`.

`loss_fn_config` is a flat record of numbers, so rows and measures are small integers there. It travels through all of
SkyRL untouched, and a server without this package refuses keys that it does not know: nothing is ignored in silence.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from fovea_skyrl.errors import RequestError

Row = Literal["own", "predicting"]
Measure = Literal["sharpness", "divergence"]

T = TypeVar("T")

PREFIX = "fovea."
ROWS: dict[float, Row] = {1: "own", 2: "predicting"}
MEASURES: dict[float, Measure] = {1: "sharpness", 2: "divergence"}
SWITCH: dict[float, bool] = {0: False, 1: True}
DEFAULT_LAYERS = 4
MOST_COSINE = 0.99
CURVE = ("exponential", "decay", "cosine")

KEYS = frozenset(
    {
        "fovea.attention",
        "fovea.attention_measure",
        "fovea.calibrated",
        "fovea.calibrated_layers",
        "fovea.bias_correction",
        "fovea.bias_exponential",
        "fovea.bias_decay",
        "fovea.bias_cosine",
        "fovea.packed_gram",
        "fovea.entropy",
    }
)


@dataclass(frozen=True)
class AttentionRequest:
    """DyCo-RL's masses and shifts, of the last full-attention layer."""

    row: Row = "own"
    measure: Measure | None = None


@dataclass(frozen=True)
class BiasCurve:
    """Parameters of AT-RL's bias curve (λ_exp, γ, λ_cos), with the paper's values."""

    exponential: float = 0.15
    decay: float = 4.0
    cosine: float = 0.05

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("exponential", self.exponential, 0.0, math.inf),
            ("decay", self.decay, 0.0, math.inf),
            ("cosine", self.cosine, -MOST_COSINE, MOST_COSINE),
        ):
            if not (math.isfinite(value) and low <= value <= high):
                bounds = f"of at least {low}" if high == math.inf else f"in [{low}, {high}]"
                raise RequestError(f"fovea.bias_{name}: expected a finite number {bounds}, got {value}")


@dataclass(frozen=True)
class CalibratedRequest:
    """AT-RL's connectivity and Gram matrix, of the last `layers` full-attention layers; all when there are fewer."""

    row: Row = "own"
    layers: int = DEFAULT_LAYERS
    bias_correction: bool = True
    packs_gram: bool = False
    """On the wire: the lower triangle in base64 instead of all numbers."""
    bias_curve: BiasCurve = BiasCurve()

    def __post_init__(self) -> None:
        if self.layers < 1:
            raise RequestError(f"fovea.calibrated_layers: expected a whole number of at least 1, got {self.layers}")


@dataclass(frozen=True)
class SignalRequest:
    """Signals of one request, the same for all its sequences."""

    attention: AttentionRequest | None = None
    calibrated: CalibratedRequest | None = None
    entropy: bool = False

    @property
    def layers(self) -> int:
        """Number of last layers whose attention is read; 0 where none is asked for."""
        return max(1 if self.attention else 0, self.calibrated.layers if self.calibrated else 0)

    @property
    def names(self) -> tuple[str, ...]:
        """The signals that each completion gets."""
        attention = self.attention
        measure = attention.measure if attention else None
        return (
            *(("visual_mass", "text_mass", "visual_shift", "text_shift") if attention else ()),
            *((f"visual_{measure}", f"text_{measure}") if measure else ()),
            *(("connectivity", "gram") if self.calibrated else ()),
            *(("entropy",) if self.entropy else ()),
        )

    @staticmethod
    def from_config(config: Mapping[str, float] | None) -> "SignalRequest | None":
        """Reads the `fovea.` keys of a `loss_fn_config`; others are not looked at.

        Returns None where nothing is asked for. Raises RequestError for an unknown key, an unknown value, and for an
        option of a signal that is not asked for.
        """
        given = {key: value for key, value in (config or {}).items() if key.startswith(PREFIX)}
        unknown = sorted(set(given) - KEYS)
        if unknown:
            raise RequestError(f"loss_fn_config: unknown keys {unknown}; expected some of {sorted(KEYS)}")
        row = _choice(given, "fovea.attention", ROWS)
        measure = _choice(given, "fovea.attention_measure", MEASURES)
        calibrated_row = _choice(given, "fovea.calibrated", ROWS)
        layers = given.get("fovea.calibrated_layers", DEFAULT_LAYERS)
        if layers != int(layers):
            raise RequestError(f"fovea.calibrated_layers: expected a whole number of at least 1, got {layers}")
        _needs(given, "fovea.attention_measure", "fovea.attention")
        _needs(given, "fovea.calibrated_layers", "fovea.calibrated")
        _needs(given, "fovea.bias_correction", "fovea.calibrated")
        _needs(given, "fovea.packed_gram", "fovea.calibrated")
        for name in CURVE:
            _needs(given, f"fovea.bias_{name}", "fovea.calibrated")
        correction = _choice(given, "fovea.bias_correction", SWITCH)
        request = SignalRequest(
            attention=None if row is None else AttentionRequest(row, measure),
            calibrated=None
            if calibrated_row is None
            else CalibratedRequest(
                calibrated_row,
                int(layers),
                True if correction is None else correction,
                _choice(given, "fovea.packed_gram", SWITCH) or False,
                BiasCurve(**{name: given[key] for name in CURVE if (key := f"fovea.bias_{name}") in given}),
            ),
            entropy=_choice(given, "fovea.entropy", SWITCH) or False,
        )
        return None if request == SignalRequest() else request


def _choice(given: Mapping[str, float], key: str, choices: Mapping[float, T]) -> T | None:
    if key not in given:
        return None
    if given[key] not in choices:
        listed = ", ".join(f"{code} ({meaning})" for code, meaning in choices.items())
        raise RequestError(f"{key}: expected one of {listed}, got {given[key]}")
    return choices[given[key]]


def _needs(given: Mapping[str, float], option: str, signal: str) -> None:
    if option in given and signal not in given:
        raise RequestError(f"{option}: an option of {signal}, which is not asked for")
