"""Parts of SkyRL's prepared batches: by what our keys ask for, and by whether there are images."""

from collections.abc import Callable, Iterable
from typing import Any

from skyrl.tinker import types

from fovea_skyrl.request import PREFIX

Results = dict[str, types.ForwardBackwardOutput | types.ErrorResponse]
Run = Callable[[types.PreparedModelPassBatch], Results]
Rows = tuple[str, str, list[int]]
"""Request, model, and rows of the batch."""


def our_items(config: dict[str, float] | None) -> tuple[tuple[str, float], ...]:
    return tuple(sorted((key, value) for key, value in (config or {}).items() if key.startswith(PREFIX)))


def without_our_keys(batch: types.PreparedModelPassBatch) -> types.PreparedModelPassBatch:
    configs = [
        {key: value for key, value in (config or {}).items() if not key.startswith(PREFIX)} or None
        for config in batch.all_loss_fn_configs
    ]
    return batch.model_copy(update={"all_loss_fn_configs": configs})


def split_by_our_keys(batch: types.PreparedModelPassBatch) -> list[types.PreparedModelPassBatch]:
    """Batches whose requests have the same keys of ours, in the order of their first request."""
    groups: dict[tuple[tuple[str, float], ...], list[Rows]] = {}
    empty: list[Rows] = []
    for request_id, model_id, start, end in batch.request_batch_slices:
        rows = (request_id, model_id, list(range(start, end)))
        if start < end:
            groups.setdefault(our_items(batch.all_loss_fn_configs[start]), []).append(rows)
        else:
            empty.append(rows)
    if len(groups) <= 1:
        return [batch]
    first, *others = groups.values()
    return [part_of(batch, some) for some in (first + empty, *others)]


def by_modality(batch: types.PreparedModelPassBatch, run: Run, together: int = 1) -> Results:
    """Runs sequences with images and those without apart, and puts the answers of each request together again.

    SkyRL 0.4.0 cuts a batch into micro-batches as they come. One of text alone then has images of no rows, on which the vision
    tower fails, and a rank that does not run the tower waits for ever for those that do.

    together: sequences that stay together, as two views of a completion do; those are alike whose first sequences are, and
    whose second ones, and so on.
    """
    has_image = [any(chunk.type != "encoded_text" for chunk in each.chunks) for each in batch.all_model_inputs]
    kinds = [tuple(has_image[row - row % together : row - row % together + together]) for row in range(len(has_image))]
    if len(set(kinds)) < 2:
        return run(batch)
    outputs: list[dict[str, Any]] = [{} for _ in kinds]
    whole: Results = {}
    for wanted in sorted(set(kinds), reverse=True):
        chosen = [
            (request_id, model_id, rows)
            for request_id, model_id, start, end in batch.request_batch_slices
            if (rows := [row for row in range(start, end) if kinds[row] == wanted])
        ]
        results = run(part_of(batch, chosen))
        for request_id, _, rows in chosen:
            result, before = results[request_id], whole.get(request_id)
            if isinstance(before, types.ErrorResponse) or isinstance(result, types.ErrorResponse):
                whole[request_id] = before if isinstance(before, types.ErrorResponse) else result
                continue
            for row, output in zip(rows, result.loss_fn_outputs, strict=True):
                outputs[row] = output
            metrics = result.metrics if before is None else joined_metrics(before.metrics, result.metrics)
            whole[request_id] = result.model_copy(update={"metrics": metrics})
    for request_id, _, start, end in batch.request_batch_slices:
        result = whole[request_id]
        if not isinstance(result, types.ErrorResponse):
            whole[request_id] = result.model_copy(update={"loss_fn_outputs": outputs[start:end]})
    return whole


def without_pairs(batch: types.PreparedModelPassBatch) -> dict[str, str]:
    """The requests whose sequences are not pairs of views of one completion, and why."""
    faults = {}
    for request_id, _, start, end in batch.request_batch_slices:
        if (end - start) % 2:
            faults[request_id] = f"fovea.divergence: expected pairs of sequences, got {end - start}"
            continue
        for row in range(start, end, 2):
            first, second = (batch.all_targets[each][-len(batch.all_token_weights[each]) :] for each in (row, row + 1))
            if first != second:
                faults[request_id] = (
                    f"fovea.divergence: expected the same targets of sequences {row - start} and {row - start + 1}, got others"
                )
                break
    return faults


def joined_metrics(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    """Metrics of two parts as the protocol joins those of chunks, by the end of their name."""
    joined = one | other
    for name in one.keys() & other.keys():
        a, b = one[name], other[name]
        kind = name.rpartition(":")[2]
        joined[name] = {"sum": a + b, "max": max(a, b), "min": min(a, b), "mean": (a + b) / 2}.get(kind, b)
    return joined


def part_of(batch: types.PreparedModelPassBatch, chosen: Iterable[Rows]) -> types.PreparedModelPassBatch:
    """Rows of a batch, renumbered."""
    requests = list(chosen)
    fields = [name for name in type(batch).model_fields if name.startswith("all_") and getattr(batch, name)]
    kept: dict[str, Any] = {name: [getattr(batch, name)[row] for _, _, rows in requests for row in rows] for name in fields}
    renumbered, at = [], 0
    for request_id, model_id, rows in requests:
        renumbered.append((request_id, model_id, at, at + len(rows)))
        at += len(rows)
    return batch.model_copy(update=kept | {"request_batch_slices": renumbered})


def refused(batch: types.PreparedModelPassBatch, why: str) -> Results:
    return {request_id: refusal(why) for request_id, *_ in batch.request_batch_slices}


def refusal(why: str) -> types.ErrorResponse:
    return types.ErrorResponse(error=why, status="failed")
