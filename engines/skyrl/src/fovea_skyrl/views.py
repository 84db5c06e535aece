"""Sequences that are run beside a batch's own, one pass after another on one worker: second views, and members of groups.

SkyRL spreads a batch's rows over ranks and micro-batches. What belongs to a row travels in further fields of it.
"""

from collections.abc import Iterator

from skyrl.backends.skyrl_train.training_batch import TrainingInputBatch

SECOND_VIEW = "fovea_second_"
"""What the names of a second view's tensors begin with, in a batch of first views."""
MEMBER = "fovea_member_"
"""What the names of a further member's tensors begin with, followed by its number and "_", in a batch of first members."""
SHARED = ("pixel_values", "image_grid_thw")
"""What the members of a group have in common."""
OF_A_PASS = ("sequences", "attention_mask", "response_mask", *SHARED)


def with_second_view(batch: TrainingInputBatch, second: TrainingInputBatch) -> TrainingInputBatch:
    """First views with their second ones, row by row."""
    for name, tensors in second.items():
        batch[SECOND_VIEW + name] = tensors
    return batch


def with_members(batch: TrainingInputBatch, size: int) -> TrainingInputBatch:
    """First members with the further ones in fields of theirs.

    batch: all first members, all second ones, and so on, second views in fields of theirs
    size: G, members of each group
    """
    count = batch.batch_size // size
    fields = {}
    for member in range(size):
        prefix = f"{MEMBER}{member}_" if member else ""
        for name, values in batch.items():
            if not (member and name.removeprefix(SECOND_VIEW) in SHARED):
                fields[prefix + name] = values[member * count : (member + 1) * count]
    arranged = TrainingInputBatch(fields)
    arranged.metadata = batch.metadata
    return arranged


def members_of(batch: TrainingInputBatch, size: int) -> Iterator[TrainingInputBatch]:
    """A micro-batch's first members, its second ones, and so on, with their second views."""
    yield batch
    for member in range(1, size):
        yield _beside(batch, f"{MEMBER}{member}_")


def second_view(batch: TrainingInputBatch) -> TrainingInputBatch:
    """The second views of a batch's completions."""
    return _beside(batch, SECOND_VIEW)


def _beside(batch: TrainingInputBatch, prefix: str) -> TrainingInputBatch:
    """The sequences in fields of this prefix; of a padding batch, which has none, the batch again.

    Every rank must run as many passes as the others.
    """
    if prefix + "sequences" not in batch:
        return batch
    names = [before + name for before in ("", SECOND_VIEW) for name in OF_A_PASS]
    found = {}
    for name in names:
        is_shared = prefix.startswith(MEMBER) and name.removeprefix(SECOND_VIEW) in SHARED
        if (own := name if is_shared else prefix + name) in batch:
            found[name] = batch[own]
    beside = TrainingInputBatch(found)
    beside.metadata = batch.metadata
    return beside
