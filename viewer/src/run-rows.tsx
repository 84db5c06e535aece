/**
 * @module
 * Rows of the list of runs: a run, or runs that differ in their seed alone.
 */
import type { RunSummary } from "../../src/view/protocol.ts";
import { countText, type RunGroup } from "./run-groups.ts";
import { statesText } from "./run-order.ts";
import { runPlace, shownRuns, toggleRun, toggleRuns } from "./runs-state.ts";
import { runColour, runDash } from "./theme.ts";

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

/** Runs of one colour differ in their dashes, as their curves do. */
function rowClass(id: string): string {
  const isDashed = runDash(runPlace(id)).length > 0;
  return `run${id.endsWith("/warm-start") ? " nested" : ""}${isDashed ? " dashed" : ""}`;
}

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
      <label class={rowClass(run.id)} style={{ "--own": runColour(runPlace(run.id)) }}>
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
        <span class={`below small ${needsLook(run) ? "bad" : "soft"}`} title={stateOf(run)}>
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
      <label class={rowClass(id)} style={{ "--own": runColour(runPlace(id)) }}>
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
          {countText(own)} ·{" "}
          <span class={own.some(needsLook) ? "bad" : ""}>
            {own.length === 1 ? own.map(stateOf) : statesText(own)}
          </span>
        </span>
        <span class="progress">
          <i style={{ width: `${(100 * Math.min(own.length, share)) / own.length}%` }} />
        </span>
      </label>
    </li>
  );
}
