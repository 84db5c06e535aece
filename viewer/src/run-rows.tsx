/**
 * @module
 * Rows of the list of runs: a run, or runs that differ in their seed alone.
 */
import type { RunSummary } from "../../src/view/protocol.ts";
import type { RunGroup } from "./run-groups.ts";
import { runPlace, shownRuns, toggleRun, toggleRuns } from "./runs-state.ts";
import { runColour } from "./theme.ts";

function stateOf({ isFinished, stopped, reached, planned, problem }: RunSummary): string {
  if (problem !== null) return problem;
  const count = planned === null ? `${reached}` : `${reached} of ${planned}`;
  if (isFinished) return `finished, ${reached}`;
  if (stopped === null) return `at ${count}`;
  return `${stopped.status} at ${count}${stopped.message === null ? "" : `: ${stopped.message}`}`;
}

/** States that need a look: an error, and a process that was killed. */
const needsLook = ({ problem, stopped }: RunSummary) =>
  problem !== null || stopped?.status === "failed" || stopped?.status === "stopped";

/** When a run began: the hour of today, the day of other days. */
function startText(startedAt: string | null): string {
  const time = new Date(startedAt ?? Number.NaN);
  if (Number.isNaN(time.getTime())) return "";
  const hour = time.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const isToday = time.toDateString() === new Date().toDateString();
  return isToday ? hour : `${time.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${hour}`;
}

export function RunRow({ run, isShown }: { readonly run: RunSummary; readonly isShown: boolean }) {
  const share = run.planned === null ? 0 : Math.min(1, run.reached / run.planned);
  return (
    <li>
      <label
        class={run.id.endsWith("/warm-start") ? "run nested" : "run"}
        style={{ "--own": runColour(runPlace(run.id)) }}
      >
        <input
          class="check"
          type="checkbox"
          checked={isShown}
          disabled={run.problem !== null}
          onChange={() => toggleRun(run.id)}
        />
        <span class="name">
          <span class="cut" title={run.path}>
            {run.id.slice(run.id.lastIndexOf("/") + 1)}
          </span>
          {run.kind !== "sft" && <time class="small faint">{startText(run.startedAt)}</time>}
        </span>
        <span class={`below small ${needsLook(run) ? "bad" : "soft"}`}>
          {run.method === null || run.kind === "sft" ? "" : `${run.method} · `}
          {stateOf(run)}
        </span>
        <span class="progress">
          <i style={{ width: `${share * 100}%` }} />
        </span>
      </label>
    </li>
  );
}

export function GroupRow({ group: { id, name, runs: own } }: { readonly group: RunGroup<RunSummary> }) {
  const shown = shownRuns.value.map((run) => run.id);
  const isShown = own.every((run) => shown.includes(run.id));
  const share = own.reduce(
    (sum, { planned, reached }) => sum + (planned === null ? 0 : reached / planned),
    0,
  );
  return (
    <li>
      <label class="run" style={{ "--own": runColour(runPlace(id)) }}>
        <input
          class="check"
          type="checkbox"
          checked={isShown}
          onChange={() =>
            toggleRuns(
              own.map((run) => run.id),
              !isShown,
            )
          }
        />
        <span class="name">
          <span class="cut" title={own.map(({ path }) => path).join("\n")}>
            {name}
          </span>
        </span>
        <span class="below small soft">
          {own.length === 1 ? "one run" : `${own.length} seeds`}
          {own.some(needsLook) && <span class="bad"> · {own.filter(needsLook).length} stopped early</span>}
        </span>
        <span class="progress">
          <i style={{ width: `${(100 * Math.min(own.length, share)) / own.length}%` }} />
        </span>
      </label>
    </li>
  );
}
