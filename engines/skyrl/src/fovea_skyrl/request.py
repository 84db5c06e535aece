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
Pairing = Literal["mean", "pairwise"]
HiddenLayers = Literal["last", "all"]
Views = Literal["first", "second", "both"]
MeanValue = Literal["vector", "number"]

T = TypeVar("T")

PREFIX = "fovea."
ROWS: dict[float, Row] = {1: "own", 2: "predicting"}
MEASURES: dict[float, Measure] = {1: "sharpness", 2: "divergence"}
PAIRINGS: dict[float, Pairing] = {1: "mean", 2: "pairwise"}
HIDDEN_LAYERS: dict[float, HiddenLayers] = {1: "last", 2: "all"}
VIEWS: dict[float, Views] = {1: "first", 2: "second", 3: "both"}
MEAN_VALUES: dict[float, MeanValue] = {1: "vector", 2: "number"}
SWITCH: dict[float, bool] = {0: False, 1: True}
DEFAULT_LAYERS = 4
MOST_COSINE = 0.99
MOST_ALTERNATIVES = 1000
LARGEST_GROUP = 1024
CURVE = ("exponential", "decay", "cosine")
CLUSTER_SIGNALS = (
    "clusters_connectivity",
    "clusters",
    "clusters_centroid_cosine",
    "clusters_neighbours",
    "clusters_neighbour_cosines",
)
GROUP_SIGNAL = "group_divergence"
DIVERGENCE_SIGNALS = ("divergence", "jensen_shannon", "ablated_logprobs", "ablated_entropy")

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
        "fovea.clusters",
        "fovea.similarity_threshold",
        "fovea.cluster_size",
        "fovea.neighbours",
        "fovea.partition_seed",
        "fovea.hidden_cosine",
        "fovea.hidden_layers",
        "fovea.entropy",
        "fovea.nucleus_entropy",
        "fovea.alternatives",
        "fovea.divergence",
        "fovea.group_divergence",
        "fovea.hidden_images",
        "fovea.replaced_values",
        "fovea.replacement_threshold",
        "fovea.temperature",
    }
)
"""Whole-batch keys; all but `fovea.temperature` are for `forward` alone."""
TEMPERATURE = "fovea.temperature"
CALIBRATION = ("fovea.calibrated_layers", "fovea.bias_correction", *(f"fovea.bias_{name}" for name in CURVE))
CLUSTERING = ("fovea.similarity_threshold", "fovea.cluster_size", "fovea.neighbours", "fovea.partition_seed")


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
class ClusterRequest:
    """What AT-RL makes of the Gram matrix, with the paper's values."""

    similarity_threshold: float = 0.7
    """τ_sim."""
    cluster_size: float = 10
    """Tokens per cluster."""
    neighbours: int = 4
    """R, nearest tokens of each token."""
    seed: int = 0
    """Of the partitioner."""

    def __post_init__(self) -> None:
        if not 0 <= self.similarity_threshold <= 1:
            raise RequestError(f"fovea.similarity_threshold: expected a number in [0, 1], got {self.similarity_threshold}")
        if not (math.isfinite(self.cluster_size) and self.cluster_size >= 1):
            raise RequestError(f"fovea.cluster_size: expected a finite number of at least 1, got {self.cluster_size}")
        if self.neighbours < 0:
            raise RequestError(f"fovea.neighbours: expected a whole number of at least 0, got {self.neighbours}")


@dataclass(frozen=True)
class CalibratedRequest:
    """AT-RL's rows of the last `layers` full-attention layers, all when there are fewer, and what is made of them."""

    row: Row = "own"
    layers: int = DEFAULT_LAYERS
    bias_correction: bool = True
    bias_curve: BiasCurve = BiasCurve()
    gram: bool = True
    """Connectivity and Gram matrix."""
    clusters: ClusterRequest | None = None
    """Clusters and the cosines that go with them."""

    def __post_init__(self) -> None:
        if self.layers < 1:
            raise RequestError(f"fovea.calibrated_layers: expected a whole number of at least 1, got {self.layers}")


@dataclass(frozen=True)
class HiddenRequest:
    """Likeness of hidden states to the image's: of the last layer after the norm, or of all, the embeddings among them."""

    pairing: Pairing = "mean"
    layers: HiddenLayers = "last"


@dataclass(frozen=True)
class ReplacementRequest:
    """CFPO's replacement of the values of image tokens that attract high attention, with the paper's values."""

    mean: MeanValue = "vector"
    """What replaces a value: the mean of the image tokens' vectors, or one number, the mean of all their entries."""
    threshold: float = 2.0
    """λ: attention is high above its mean plus so many deviations."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.threshold) and self.threshold >= 0):
            raise RequestError(f"fovea.replacement_threshold: expected a finite number of at least 0, got {self.threshold}")


@dataclass(frozen=True)
class SignalRequest:
    """Signals of one request, the same for all its sequences."""

    attention: AttentionRequest | None = None
    calibrated: CalibratedRequest | None = None
    entropy: bool = False
    hidden: HiddenRequest | None = None
    nucleus: float | None = None
    """Probability of the nucleus whose entropy is asked for, in (0, 1]."""
    alternatives: int = 0
    """Likeliest tokens of each place."""
    divergence: bool = False
    """Whether sequences come in pairs, two views of one completion, and how far apart the two views' distributions are."""
    hidden_images: Views | None = None
    """The views in which no token attends to an image's tokens; without pairs there is a first view alone."""
    group: int = 0
    """Completions of one prompt that come one after another, whose distributions are compared place by place; 0 for none."""
    replacement: ReplacementRequest | None = None
    """How values of image tokens are replaced within the model; as they are unless given."""

    def __post_init__(self) -> None:
        if self.nucleus is not None and not 0 < self.nucleus <= 1:
            raise RequestError(f"fovea.nucleus_entropy: expected a number in (0, 1], got {self.nucleus}")
        if self.alternatives > MOST_ALTERNATIVES:
            raise RequestError(f"fovea.alternatives: expected at most {MOST_ALTERNATIVES}, got {self.alternatives}")
        if self.hidden_images in ("second", "both") and not self.divergence:
            raise RequestError("fovea.hidden_images: a second view needs fovea.divergence, which is not asked for")
        if self.hides("first") and (self.attention or self.calibrated or self.hidden):
            raise RequestError("fovea.hidden_images: expected no signals of a view whose images are hidden")
        if not 0 <= self.group <= LARGEST_GROUP:
            raise RequestError(f"fovea.group_divergence: expected groups of at most {LARGEST_GROUP}, got {self.group}")
        if self.replacement and (self.divergence or self.hidden_images):
            other = "fovea.divergence" if self.divergence else "fovea.hidden_images"
            raise RequestError(f"fovea.replaced_values: goes with no other view of the images, got {other}")

    def hides(self, view: Literal["first", "second"]) -> bool:
        """Whether a view's images are hidden."""
        return self.hidden_images in (view, "both")

    @property
    def reads_distributions(self) -> bool:
        """Whether anything of whole distributions but the entropy is asked for."""
        return self.nucleus is not None or self.alternatives > 0 or self.divergence

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
            *(("connectivity", "gram") if self.calibrated and self.calibrated.gram else ()),
            *(CLUSTER_SIGNALS if self.calibrated and self.calibrated.clusters else ()),
            *(("hidden_cosine",) if self.hidden else ()),
            *(("entropy",) if self.entropy else ()),
            *(("nucleus_entropy",) if self.nucleus is not None else ()),
            *(("alternatives", "alternative_logprobs") if self.alternatives else ()),
            *(DIVERGENCE_SIGNALS if self.divergence else ()),
            *((GROUP_SIGNAL,) if self.group else ()),
        )

    @staticmethod
    def from_config(config: Mapping[str, float] | None) -> "SignalRequest | None":
        """Reads the `fovea.` keys of a `loss_fn_config`; others are not looked at.

        Returns None where no signal is asked for. Raises RequestError for an unknown key, an unknown value, and for an
        option of a signal that is not asked for.
        """
        given = {key: value for key, value in (config or {}).items() if key.startswith(PREFIX)}
        unknown = sorted(set(given) - KEYS)
        if unknown:
            raise RequestError(f"loss_fn_config: unknown keys {unknown}; expected some of {sorted(KEYS)}")
        row = _choice(given, "fovea.attention", ROWS)
        measure = _choice(given, "fovea.attention_measure", MEASURES)
        _needs(given, "fovea.attention_measure", "fovea.attention")
        pairing = _choice(given, "fovea.hidden_cosine", PAIRINGS)
        hidden_layers = _choice(given, "fovea.hidden_layers", HIDDEN_LAYERS)
        _needs(given, "fovea.hidden_layers", "fovea.hidden_cosine")
        request = SignalRequest(
            attention=None if row is None else AttentionRequest(row, measure),
            calibrated=_calibrated(given),
            entropy=_choice(given, "fovea.entropy", SWITCH) or False,
            hidden=None if pairing is None else HiddenRequest(pairing, hidden_layers or "last"),
            nucleus=given.get("fovea.nucleus_entropy"),
            alternatives=_whole(given, "fovea.alternatives", 0, 0),
            divergence=_choice(given, "fovea.divergence", SWITCH) or False,
            hidden_images=_choice(given, "fovea.hidden_images", VIEWS),
            group=_whole(given, "fovea.group_divergence", 0, 1) if "fovea.group_divergence" in given else 0,
            replacement=_replacement(given),
        )
        return None if request == SignalRequest() else request


def temperature_of(config: Mapping[str, float] | None) -> float | None:
    """The temperature that log-probs are asked at; None where the server's own will do.

    Raises RequestError unless it is positive and finite.
    """
    value = (config or {}).get(TEMPERATURE)
    if value is not None and not (math.isfinite(value) and value > 0):
        raise RequestError(f"{TEMPERATURE}: expected a finite number above 0, got {value}")
    return value


def _calibrated(given: Mapping[str, float]) -> CalibratedRequest | None:
    gram_row = _choice(given, "fovea.calibrated", ROWS)
    cluster_row = _choice(given, "fovea.clusters", ROWS)
    for option in CALIBRATION:
        _needs(given, option, "fovea.calibrated", "fovea.clusters")
    for option in CLUSTERING:
        _needs(given, option, "fovea.clusters")
    row = gram_row or cluster_row
    if row is None:
        return None
    if cluster_row not in (None, row):
        raise RequestError("fovea.clusters: expected the row of fovea.calibrated where both are asked for")
    correction = _choice(given, "fovea.bias_correction", SWITCH)
    return CalibratedRequest(
        row,
        _whole(given, "fovea.calibrated_layers", DEFAULT_LAYERS, 1),
        True if correction is None else correction,
        BiasCurve(**{name: given[key] for name in CURVE if (key := f"fovea.bias_{name}") in given}),
        gram=gram_row is not None,
        clusters=None if cluster_row is None else _clusters(given),
    )


def _replacement(given: Mapping[str, float]) -> ReplacementRequest | None:
    mean = _choice(given, "fovea.replaced_values", MEAN_VALUES)
    _needs(given, "fovea.replacement_threshold", "fovea.replaced_values")
    if mean is None:
        return None
    return ReplacementRequest(mean, given.get("fovea.replacement_threshold", ReplacementRequest().threshold))


def _clusters(given: Mapping[str, float]) -> ClusterRequest:
    usual = ClusterRequest()
    return ClusterRequest(
        given.get("fovea.similarity_threshold", usual.similarity_threshold),
        given.get("fovea.cluster_size", usual.cluster_size),
        _whole(given, "fovea.neighbours", usual.neighbours, 0),
        _whole(given, "fovea.partition_seed", usual.seed, -(2**31)),
    )


def _whole(given: Mapping[str, float], key: str, usual: int, least: int) -> int:
    value = given.get(key, usual)
    if not math.isfinite(value) or value != int(value) or value < least:
        raise RequestError(f"{key}: expected a whole number of at least {least}, got {value}")
    return int(value)


def _choice(given: Mapping[str, float], key: str, choices: Mapping[float, T]) -> T | None:
    if key not in given:
        return None
    if given[key] not in choices:
        listed = ", ".join(f"{code} ({meaning})" for code, meaning in choices.items())
        raise RequestError(f"{key}: expected one of {listed}, got {given[key]}")
    return choices[given[key]]


def _needs(given: Mapping[str, float], option: str, *signals: str) -> None:
    if option in given and not any(signal in given for signal in signals):
        raise RequestError(f"{option}: an option of {' or '.join(signals)}, which is not asked for")
