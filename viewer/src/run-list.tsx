/**
 * @module
 * The list of runs on the first page: search, order, and runs one by one or in groups that differ only in their seed.
 */
import { go, param } from "./address.ts";
import { Older } from "./older.tsx";
import { isGrouped, runGroups } from "./run-grouping.ts";
import { hasWords, ORDERS, type Order, orderedRuns } from "./run-order.ts";
import { GroupRow, RunRow } from "./run-rows.tsx";
import { isLoaded, olderRuns, runs, shownRuns } from "./runs-state.ts";

const search = param("search");
const order = param("order");

const ORDER_NAMES: Readonly<Record<Order, string>> = {
  newest: "newest",
  oldest: "oldest",
  name: "name",
};
/** Lists that are shorter need no search. */
const FEW = 4;

const orderOf = (value: string): Order => ORDERS.find((one) => one === value) ?? ORDERS[0];

function Rows() {
  const found = orderedRuns(
    runs.value.filter((run) => hasWords(run, search.value)),
    orderOf(order.value),
  );
  const ids = new Set(found.map(({ id }) => id));
  const broken = found.filter(({ problem }) => problem !== null);
  const single = (run: (typeof found)[number]) => (
    <RunRow key={run.id} run={run} isShown={shownRuns.value.some(({ id }) => id === run.id)} />
  );
  if (found.length === 0 && search.value !== "") return <p class="soft">No run has these words.</p>;
  if (!isGrouped.value) return <ul>{found.map(single)}</ul>;
  const place = new Map(found.map(({ id }, i) => [id, i]));
  const groups = runGroups.value
    .map((group) => ({ ...group, runs: group.runs.filter(({ id }) => ids.has(id)) }))
    .filter((group) => group.runs.length > 0)
    .toSorted((a, b) => (place.get(a.runs[0]?.id ?? "") ?? 0) - (place.get(b.runs[0]?.id ?? "") ?? 0));
  return (
    <ul>
      {groups.map((group) => (
        <GroupRow key={group.id} group={group} />
      ))}
      {broken.map(single)}
    </ul>
  );
}

export function RunList() {
  return (
    <div class="block">
      <span class="label">Runs</span>
      {runs.value.length > FEW && (
        <div class="run-tools">
          <input
            type="text"
            aria-label="Search runs"
            placeholder="Search runs"
            title="Words of a run's name, method or state; with =, of its settings: train.seed=1"
            value={search.value}
            onInput={({ currentTarget }) => go({ search: currentTarget.value })}
          />
          <select
            aria-label="Order of runs"
            value={orderOf(order.value)}
            onChange={({ currentTarget }) =>
              go({ order: currentTarget.value === ORDERS[0] ? "" : currentTarget.value })
            }
          >
            {ORDERS.map((one) => (
              <option key={one} value={one}>
                {ORDER_NAMES[one]}
              </option>
            ))}
          </select>
        </div>
      )}
      <div class="list">
        <Rows />
      </div>
      <Older count={olderRuns.value} what="runs" how="name them in the address, as #runs=NAME" />
      {runs.value.length === 0 && (
        <p class="soft">{isLoaded.value ? "No run directory here yet." : "reading runs…"}</p>
      )}
    </div>
  );
}
