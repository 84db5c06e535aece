"""How sequences of a prepared batch that belong together are laid out for the workers, and their answers put back in order."""

from dataclasses import dataclass
from typing import Any

from skyrl.tinker import types

from fovea_skyrl.batches import Rows, part_of
from fovea_skyrl.passes import MEMBERS, OUTPUT
from fovea_skyrl.request import SignalRequest

Output = dict[str, Any]


@dataclass(frozen=True)
class Arrangement:
    """Completions of one prompt run on one worker, one after another, and so do the two views of each.

    A group of one, as every completion is without groups, is such a group as well.
    """

    leads: types.PreparedModelPassBatch
    """The first view of the longest completion of each group: what SkyRL cuts into micro-batches."""
    firsts: types.PreparedModelPassBatch
    """First views of all leads, then of the second longest of each group, and so on."""
    seconds: types.PreparedModelPassBatch | None
    """Their second views; none without pairs."""
    size: int
    """Completions of a group."""
    orders: tuple[tuple[int, ...], ...]
    """Of each group: the places within it of its completions as they are run."""

    @staticmethod
    def of(batch: types.PreparedModelPassBatch, request: SignalRequest) -> "Arrangement":
        """batch: of whole groups of whole pairs."""
        size, views = max(request.group, 1), 2 if request.divergence else 1
        orders: list[tuple[int, ...]] = []
        starts: list[Rows] = []
        for request_id, model_id, start, end in batch.request_batch_slices:
            own = list(range(start, end, size * views))
            for first in own:
                lengths = [len(batch.all_token_weights[first + place * views]) for place in range(size)]
                orders.append(tuple(sorted(range(size), key=lambda place: -lengths[place])))
            starts.append((request_id, model_id, own))

        def member(number: int, view: int) -> list[Rows]:
            """The rows of one member of each group in one view."""
            found, at = [], 0
            for request_id, model_id, own in starts:
                rows = [first + orders[at + i][number] * views + view for i, first in enumerate(own)]
                at += len(own)
                found.append((request_id, model_id, rows))
            return found

        def all_members(view: int) -> types.PreparedModelPassBatch:
            return part_of(batch, [rows for number in range(size) for rows in member(number, view)])

        leads = part_of(batch, member(0, 0))
        return Arrangement(leads, all_members(0), all_members(1) if views == 2 else None, size, tuple(orders))

    def answers(self, group: int, lead: Output, sample: dict[str, Any]) -> list[Output]:
        """Of one group, in the order of the request; a second view has log-probs alone.

        lead: SkyRL's answer for the lead; sample: what the worker returned for it
        """
        outputs: list[Output] = [{} for _ in range(self.size)]
        others = [{"logprobs": _tensor(each["logprobs"])} | each[OUTPUT] for each in sample.get(MEMBERS, [])]
        for place, output in zip(self.orders[group], [lead | sample[OUTPUT], *others], strict=True):
            outputs[place] = output
        if self.seconds is None:
            return outputs
        return [each for one in outputs for each in (one, {"logprobs": one["ablated_logprobs"]})]


def without_groups(batch: types.PreparedModelPassBatch, request: SignalRequest) -> dict[str, str]:
    """The requests whose sequences are not groups of completions of one prompt, and why."""
    views = 2 if request.divergence else 1
    together = request.group * views
    faults = {}
    for request_id, _, start, end in batch.request_batch_slices:
        if (end - start) % together:
            faults[request_id] = f"fovea.group_divergence: expected groups of {together} sequences, got {end - start}"
            continue
        for row in range(start, end):
            first = row - (row - start) % together + (row - start) % views
            if prompt_of(batch, row) != prompt_of(batch, first):
                faults[request_id] = (
                    f"fovea.group_divergence: expected the same prompt of sequences {first - start} and {row - start}, got others"
                )
                break
    return faults


def prompt_of(batch: types.PreparedModelPassBatch, row: int) -> list[Any]:
    """What comes before a row's completion: tokens one by one, and other chunks."""
    found: list[Any] = []
    for chunk in batch.all_model_inputs[row].chunks:
        found += chunk.tokens if isinstance(chunk, types.EncodedTextChunk) else [chunk]
    # The input ends with all of the completion but its last token.
    return found[: len(found) - max(len(batch.all_token_weights[row]) - 1, 0)]


def _tensor(values: list[float]) -> dict[str, Any]:
    return {"data": values, "dtype": "float32", "shape": [len(values)]}
