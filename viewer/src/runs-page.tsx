/**
 * @module
 * The first page: which runs there are, the curves of every metric, where time goes, and what differs between runs.
 */
import { useMemo } from "preact/hooks";
import { numberText } from "../../src/view/number-text.ts";
import type { MetricsReply, RunSummary } from "../../src/view/protocol.ts";
import { go, param } from "./address.ts";
import { type ChartLine, LineChart } from "./line-chart.tsx";
import { type MetricName, metricSections } from "./metric-catalogue.ts";
import { PhaseBars } from "./phase-bars.tsx";
import { groupRuns, meanCurve } from "./run-groups.ts";
import { GroupRow, RunRow } from "./run-rows.tsx";
import { isLoaded, metrics, runPlace, runs, shownRuns } from "./runs-state.ts";
import { runColour } from "./theme.ts";

const smooth = param("smooth");
const log = param("log");
const find = param("find");
const range = param("range");
const group = param("group");
/** Whether runs that differ in their seed alone are one line. */
const isGrouped = () => group.value === "1";

/** β of the moving average unless the address says otherwise; the values themselves stay visible behind it. */
const USUAL_SMOOTHING = 0.8;
const smoothing = () => (smooth.value === "" ? USUAL_SMOOTHING : Number(smooth.value) || 0);

function Controls() {
  return (
    <div class="block">
      <span class="label">Curves</span>
      <label class="field">
        <span>Smoothing</span>
        <input
          type="range"
          min="0"
          max="0.98"
          step="0.02"
          value={smoothing()}
          onInput={({ currentTarget }) => go({ smooth: currentTarget.value })}
        />
      </label>
      <label class="field">
        <span>Log scale</span>
        <input
          class="check"
          type="checkbox"
          checked={log.value === "1"}
          onChange={({ currentTarget }) => go({ log: currentTarget.checked ? "1" : "" })}
        />
      </label>
      <label class="field">
        <span>Group seeds</span>
        <input
          class="check"
          type="checkbox"
          checked={isGrouped()}
          onChange={({ currentTarget }) => go({ group: currentTarget.checked ? "1" : "" })}
        />
      </label>
      <label class="field">
        <span class="visually-hidden">Find a metric</span>
        <input
          id="find"
          type="text"
          placeholder="Find a metric"
          style={{ width: "100%" }}
          value={find.value}
          onInput={({ currentTarget }) => go({ find: currentTarget.value })}
        />
      </label>
    </div>
  );
}

type Loaded = readonly { readonly run: RunSummary; readonly reply: MetricsReply }[];

/** One line for each group of runs: their mean, in a band from the least to the greatest. */
function groupedLines(loaded: Loaded, { event, key }: MetricName): ChartLine[] {
  return groupRuns(loaded.map(({ run }) => run)).flatMap(({ id, name, runs: own }): ChartLine[] => {
    const curves = own.flatMap((run) => {
      const table = loaded.find((one) => one.run.id === run.id)?.reply.events[event];
      const column = table?.columns[key];
      return table === undefined || column === undefined ? [] : [{ x: table.x, y: column.mean }];
    });
    if (curves.length === 0) return [];
    return [{ name, colour: `--run-${Math.max(0, runPlace(id)) % 8}`, ...meanCurve(curves), isBand: true }];
  });
}

function linesOf(loaded: Loaded, metric: MetricName): ChartLine[] {
  if (isGrouped()) return groupedLines(loaded, metric);
  const { event, key } = metric;
  return loaded.flatMap(({ run, reply }) => {
    const table = reply.events[event];
    const column = table?.columns[key];
    if (table === undefined || column === undefined) return [];
    const colour = `--run-${Math.max(0, runPlace(run.id)) % 8}`;
    return [{ name: run.id, colour, x: table.x, y: column.mean, low: column.low, high: column.high }];
  });
}

/** The one value that a metric has everywhere; undefined when it varies. */
function constantOf(lines: readonly ChartLine[]): number | undefined {
  const values = new Set(lines.flatMap(({ y, low = [], high = [] }) => [...y, ...low, ...high]));
  values.delete(null);
  const [only] = values;
  return values.size === 1 && only !== null ? only : undefined;
}

function Section({
  title,
  metrics: names,
  loaded,
}: {
  title: string;
  metrics: readonly MetricName[];
  loaded: Loaded;
}) {
  const charts = useMemo(
    () =>
      names
        .map((name) => ({ name, lines: linesOf(loaded, name) }))
        .map((chart) => ({ ...chart, constant: constantOf(chart.lines) })),
    [loaded, names, group.value],
  );
  const chart = ({ name, lines }: (typeof charts)[number]) => (
    <LineChart
      key={`${name.event} ${name.key}`}
      title={name.title}
      lines={lines}
      smoothing={smoothing()}
      isLog={log.value === "1"}
      onRange={(from, to) => go({ range: `${Math.max(0, from)}-${to}` }, true)}
      onAll={() => go({ range: undefined })}
    />
  );
  const still = charts.filter(({ constant }) => constant !== undefined);
  return (
    <section class="section">
      <h2>{title}</h2>
      <div class="charts">{charts.filter(({ constant }) => constant === undefined).map(chart)}</div>
      {still.length > 0 && (
        <details class="rest">
          <summary>
            unchanged: {still.map(({ name, constant }) => `${name.title} ${numberText(constant)}`).join(", ")}
          </summary>
          <div class="charts">{still.map(chart)}</div>
        </details>
      )}
    </section>
  );
}

function Phases({ loaded }: { readonly loaded: Loaded }) {
  const timed = loaded.filter(
    ({ reply }) => reply.events["iteration"]?.columns["timing.totalSeconds"] !== undefined,
  );
  if (timed.length === 0) return null;
  return (
    <section class="section">
      <h2>Phases of an iteration</h2>
      <div class="phases">
        {timed.map(({ run, reply }) => {
          const event = reply.events["iteration"];
          return event === undefined ? null : <PhaseBars key={run.id} name={run.id} event={event} />;
        })}
      </div>
    </section>
  );
}

function ConfigDifference({ shown }: { readonly shown: readonly RunSummary[] }) {
  if (shown.length < 2) return null;
  const keys = [...new Set(shown.flatMap(({ config }) => Object.keys(config)))];
  const different = keys.filter((key) => new Set(shown.map(({ config }) => config[key])).size > 1);
  return (
    <section class="section">
      <h2>
        Configuration{" "}
        <span class="soft small">
          {different.length === 0
            ? "the same in every key"
            : `differs in ${different.length} of ${keys.length} keys`}
        </span>
      </h2>
      {different.length > 0 && (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th>key</th>
                {shown.map(({ id }) => (
                  <th key={id} style={{ color: runColour(runPlace(id)) }}>
                    {id}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {different.map((key) => (
                <tr key={key}>
                  <td>{key}</td>
                  {shown.map(({ id, config }) => (
                    <td key={id} class="mono">
                      {config[key] ?? <span class="faint">unset</span>}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

export function RunsPage() {
  const shown = shownRuns.value;
  const replies = metrics.value;
  const loaded = useMemo(
    () =>
      shown.flatMap((run) =>
        replies.has(run.id) ? [{ run, reply: replies.get(run.id) as MetricsReply }] : [],
      ),
    [shown.map(({ id }) => id).join("|"), replies],
  );
  const sections = useMemo(
    () =>
      metricSections(
        loaded.map(({ reply }) => reply.events),
        find.value,
      ),
    [loaded, find.value],
  );
  const unreadable = loaded.reduce((sum, { reply }) => sum + reply.unreadable, 0);
  return (
    <div class="page">
      <aside class="side">
        <div class="block list">
          <span class="label">Runs</span>
          <ul>
            {isGrouped()
              ? groupRuns(runs.value.filter(({ problem }) => problem === null)).map((one) => (
                  <GroupRow key={one.id} group={one} />
                ))
              : runs.value.map((run) => (
                  <RunRow key={run.id} run={run} isShown={shown.some(({ id }) => id === run.id)} />
                ))}
          </ul>
          {isLoaded.value && runs.value.length === 0 && <p class="soft">No run directory here yet.</p>}
        </div>
        <Controls />
        {range.value !== "" && (
          <p class="field">
            <span>Iterations {range.value.replace("-", " to ")}</span>
            <button type="button" class="plain" onClick={() => go({ range: undefined })}>
              all
            </button>
          </p>
        )}
        {unreadable > 0 && (
          <p class="small soft">{unreadable} lines of metrics cannot be read and are left out.</p>
        )}
      </aside>
      <main class="main">
        {loaded.length > 0 && sections.length === 0 && (
          <p class="empty">
            {find.value === ""
              ? "Nothing has been measured yet."
              : `No metric has “${find.value}” in its name.`}
          </p>
        )}
        {isLoaded.value && shown.length === 0 && (
          <p class="empty">Choose a run on the left to see its curves.</p>
        )}
        {sections.map(({ title, metrics: names }) => (
          <Section key={title} title={title} metrics={names} loaded={loaded} />
        ))}
        <Phases loaded={loaded} />
        <ConfigDifference shown={shown} />
      </main>
    </div>
  );
}
