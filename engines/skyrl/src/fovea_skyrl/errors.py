"""The errors of this package. Each message says what, what was expected, what was found and where."""


class RequestError(ValueError):
    """A request for signals that cannot be understood."""


class UnsupportedModelError(ValueError):
    """The model has no attention that signals could be taken from."""


class ShardedSequenceError(ValueError):
    """A layer sees other positions than the batch has: sequence parallelism, or sequences packed into one row."""


class SkyRLVersionError(RuntimeError):
    """The installed SkyRL is another version, or lacks a name that this package replaces or extends."""


class WeightNameError(ValueError):
    """Weights that the sampler would not get, because the checkpoint's files name them otherwise."""


class SamplerError(RuntimeError):
    """A sampler that does not do what keeps it at the trainer's weights."""
