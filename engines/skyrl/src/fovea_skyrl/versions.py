"""The names of SkyRL that this package builds on."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fovea_skyrl.errors import SkyRLVersionError

TESTED = "0.3.0"


def require(owner: Any, *names: str) -> None:
    """Raises SkyRLVersionError where `owner` lacks one of the names."""
    missing = [name for name in names if not hasattr(owner, name)]
    if missing:
        where = getattr(owner, "__qualname__", owner.__name__)
        raise SkyRLVersionError(
            f"{where}: expected {', '.join(missing)}, as in SkyRL {TESTED}, got SkyRL {installed()} without"
        )


def installed() -> str:
    try:
        return version("skyrl")
    except PackageNotFoundError:
        return "of a source tree"
