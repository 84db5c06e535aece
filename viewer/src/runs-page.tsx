/**
 * @module
 * The first page: the list of runs, the curves of every metric, the time by phase, and the differences between runs.
 */
import { useMemo } from "preact/hooks";
import {
  CUT_METRICS,
  type MetricChart,
  type MetricCurve,
  metricSections,
} from "../../src/view/metric-catalogue.ts";
import { numberText, percentText } from "../../src/view/number-text.ts";
import type { MetricsReply, RunSummary } from "../../src/view/protocol.ts";
import { unreadableText } from "../../src/view/unreadable-text.ts";
import { warningText } from "../../src/view/warning-text.ts";
import { go, param } from "./address.ts";
import { allValues, type ChartLine } from "./chart-readings.ts";
import { Fold, isNarrow } from "./fold.tsx";
import { LineChart } from "./line-chart.tsx";
import { PhaseBars } from "./phase-bars.tsx";
import { isGrouped } from "./run-grouping.ts";
import { groupRuns, meanCurve } from "./run-groups.ts";
import { RunList } from "./run-list.tsx";
import { isLoaded, metrics, runPlace, shownRuns } from "./runs-state.ts";
import { runColour } from "./theme.ts";

const smooth = param("smooth");
const log = param("log");
const find = param("find");
const range = param("range");

/** β of the moving average unless the address says otherwise; the values themselves stay visible behind it. */
const USUAL_SMOOTHING = 0.8;
const smoothing = () => (smooth.value === "" ? USUAL_SMOOTHING : Number(smooth.value) || 0);

function Controls() {
  return (
    <Fold class="block" title={<span class="label">Curves</span>} isOpen={!isNarrow()}>
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
          checked={isGrouped.value}
          onChange={({ currentTarget }) => go({ group: currentTarget.checked ? "1" : "0" })}
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
    </Fold>
  );
}

type Loaded = readonly { readonly run: RunSummary; readonly reply: MetricsReply }[];

/** Values that are measured now and then, on many problems, and are not smoothed. */
const EXACT = "evaluation";

/** How a curve of any run is drawn. */
function styleOf({ event, name, isFaint = false }: MetricCurve) {
  return { isExact: event === EXACT, isFaint, ...(name !== undefined && { label: name }) };
}

/** The line of a run; undefined where the run does not have the metric. */
function lineOf({ run, reply }: Loaded[number], curve: MetricCurve): ChartLine | undefined {
  const { event, key, interval } = curve;
  const table = reply.events[event];
  const column = table?.columns[key];
  if (table === undefined || column === undefined) return undefined;
  const { low, high } =
    interval === undefined
      ? column
      : { low: table.columns[interval.low]?.mean, high: table.columns[interval.high]?.mean };
  const { x, every } = table;
  return { name: run.id, place: runPlace(run.id), x, every, y: column.mean, low, high, ...styleOf(curve) };
}

/** One line for each group of runs: their mean, in a band from the least to the greatest. */
function groupedLines(loaded: Loaded, curve: MetricCurve): ChartLine[] {
  return groupRuns(loaded.map(({ run }) => run)).flatMap(({ id, name, runs: own }): ChartLine[] => {
    const members = loaded.filter(({ run }) => own.includes(run));
    const lines = members.flatMap((one) => lineOf(one, curve) ?? []);
    const [first] = lines;
    if (first === undefined) return [];
    if (own.length === 1) return [{ ...first, name }];
    const { length: of } = own;
    return [{ name, place: runPlace(id), ...meanCurve(lines, of), of, isBand: true, ...styleOf(curve) }];
  });
}

function linesOf(loaded: Loaded, { curves }: MetricChart): ChartLine[] {
  return curves.flatMap((curve) =>
    isGrouped.value ? groupedLines(loaded, curve) : loaded.flatMap((one) => lineOf(one, curve) ?? []),
  );
}

/** The one value that a metric has everywhere; undefined when it varies. */
function constantOf(lines: readonly ChartLine[]): number | undefined {
  const values = new Set(
    lines.flatMap((line) => [...allValues(line), ...(line.low ?? []), ...(line.high ?? [])]),
  );
  values.delete(null);
  const [only] = values;
  return values.size === 1 && only !== null ? only : undefined;
}

function Section({
  title,
  charts: asked,
  loaded,
  isOpen,
}: {
  title: string;
  charts: readonly MetricChart[];
  loaded: Loaded;
  isOpen: boolean;
}) {
  const charts = useMemo(
    () =>
      asked
        .map((chart) => ({ chart, lines: linesOf(loaded, chart) }))
        .map((one) => ({ ...one, constant: constantOf(one.lines) })),
    [loaded, asked, isGrouped.value],
  );
  const drawn = ({ chart, lines }: (typeof charts)[number]) => (
    <LineChart
      key={chart.id}
      title={chart.title}
      lines={lines}
      isShare={chart.isShare}
      smoothing={smoothing()}
      isLog={log.value === "1"}
      onRange={(from, to) => go({ range: `${Math.max(0, from)}-${to}` }, true)}
      onAll={() => go({ range: undefined })}
    />
  );
  const still = charts.filter(({ constant }) => constant !== undefined);
  const text = ({ chart, constant }: (typeof charts)[number]) =>
    `${chart.title} ${chart.isShare ? percentText(constant) : numberText(constant)}`;
  return (
    <Fold class="section" title={<h2>{title}</h2>} isOpen={isOpen}>
      <div class="charts">{charts.filter(({ constant }) => constant === undefined).map(drawn)}</div>
      {still.length > 0 && (
        <details class="rest">
          <summary>unchanged: {still.map(text).join(", ")}</summary>
          <div class="charts">{still.map(drawn)}</div>
        </details>
      )}
    </Fold>
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

function Warnings({ loaded }: { readonly loaded: Loaded }) {
  const warned = loaded.filter(({ reply }) => reply.warnings.length > 0);
  if (warned.length === 0) return null;
  return (
    <section class="section warnings">
      <h2>Warnings</h2>
      {warned.map(({ run, reply }) => (
        <div key={run.id}>
          <h3 style={{ color: runColour(runPlace(run.id)) }}>{run.id}</h3>
          <ul>
            {reply.warnings.map((warning) => (
              <li key={warning.message}>{warningText(warning)}</li>
            ))}
          </ul>
        </div>
      ))}
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
    [JSON.stringify(shown.map(({ id }) => id)), replies],
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
        <RunList />
        <Controls />
        {range.value !== "" && (
          <p class="field">
            <span>Iterations {range.value.replace("-", " to ")}</span>
            <button type="button" class="plain" onClick={() => go({ range: undefined })}>
              all
            </button>
          </p>
        )}
        {unreadable > 0 && <p class="small soft">{unreadableText(unreadable)}</p>}
        {loaded.some(({ reply }) => reply.isCut) && <p class="small soft">{CUT_METRICS}</p>}
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
        <Warnings loaded={loaded} />
        {sections.map(({ title, charts }, i) => (
          <Section
            key={title}
            title={title}
            charts={charts}
            loaded={loaded}
            isOpen={!isNarrow() || i === 0 || find.value !== ""}
          />
        ))}
        <Phases loaded={loaded} />
        <ConfigDifference shown={shown} />
      </main>
    </div>
  );
}
