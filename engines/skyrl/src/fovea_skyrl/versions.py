"""The SkyRL that this package builds on, and the names in it."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fovea_skyrl.errors import SkyRLVersionError

TESTED = "0.4.0"
UNKNOWN = "of a source tree"


def require_version() -> None:
    """Raises SkyRLVersionError for any other release: the package replaces parts that move between releases."""
    found = installed()
    if found not in (TESTED, UNKNOWN):
        raise SkyRLVersionError(f"expected SkyRL {TESTED}, got SkyRL {found}")


def require(owner: Any, *names: str) -> None:
    """Raises SkyRLVersionError where `owner` lacks one of the names."""
    missing = [name for name in names if not hasattr(owner, name)]
    if missing:
        where = getattr(owner, "__qualname__", owner.__name__)
        raise SkyRLVersionError(f"{where}: expected {', '.join(missing)}, as in SkyRL {TESTED}, got SkyRL {installed()} without")


def installed() -> str:
    try:
        return version("skyrl")
    except PackageNotFoundError:
        return UNKNOWN
