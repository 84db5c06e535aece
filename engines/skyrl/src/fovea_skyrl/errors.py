"""The errors of this package. Each message says what, what was expected, what was found and where."""


class RequestError(ValueError):
    """A request for signals that cannot be understood."""


class UnsupportedModelError(ValueError):
    """The model has no attention that signals could be taken from."""


class ShardedSequenceError(ValueError):
    """A layer sees other positions than the batch has: sequence parallelism, or sequences packed into one row."""


class SkyRLVersionError(RuntimeError):
    """The installed SkyRL lacks a name that this package replaces or extends."""
