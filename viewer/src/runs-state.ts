/**
 * @module
 * The runs, the runs on the screen, and their metrics; kept up to date by the event stream.
 */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { ListedRun, LiveEvent, MetricsReply, RunSummary } from "../../src/view/protocol.ts";
import { go, param, params } from "./address.ts";
import { askRun, askRuns, listen, trouble } from "./api.ts";
import { groupRuns } from "./run-groups.ts";
import { weightsPlace } from "./weights-place.ts";

/** How often new runs are looked for. */
const REFRESH_MS = 4000;

/** The newest runs and those in the address, in the server's order. */
export const runs = signal<readonly RunSummary[]>([]);
/** How many older runs are not in the list. */
export const olderRuns = signal(0);
/** False until the first list has come. */
export const isLoaded = signal(false);
/** Metrics by run, for runs on the screen. */
export const metrics = signal<ReadonlyMap<string, MetricsReply>>(new Map());

const chosen = params("runs");
/** In the address where no run is shown. */
const NONE = "none";
const single = param("run");
const range = param("range");
const compared = [param("before"), param("against")];

/** The runs that the address names. */
function namedRuns(): string[] {
  const ofWeights = compared.map((key) => weightsPlace(key.peek()).run);
  return [...chosen.peek(), single.peek(), ...ofWeights];
}

/** Runs whose curves are drawn: those in the address, else the newest that can be shown. */
export const shownRuns: ReadonlySignal<readonly RunSummary[]> = computed(() => {
  const usable = runs.value.filter(({ problem }) => problem === null);
  const ids = chosen.value;
  return ids.length === 0 ? defaultRuns(usable) : usable.filter(({ id }) => ids.includes(id));
});

/** Settings whose runs are drawn at first, and runs that the server watches at most. */
const FIRST_GROUPS = 4;
const MOST_RUNS = 24;

/** The newest runs, each with the other seeds of its settings. */
function defaultRuns(usable: readonly RunSummary[]): readonly RunSummary[] {
  const trained = usable.filter(({ kind }) => kind === "train");
  const newest = (trained.length > 0 ? trained : usable).toSorted((a, b) =>
    (b.startedAt ?? "").localeCompare(a.startedAt ?? ""),
  );
  const chosen = groupRuns(newest)
    .slice(0, FIRST_GROUPS)
    .flatMap(({ runs: own }) => own)
    .slice(0, MOST_RUNS);
  return usable.filter((run) => chosen.includes(run));
}

/** The run whose rollouts are shown. */
export const openRun: ReadonlySignal<RunSummary | undefined> = computed(() => {
  const usable = runs.value.filter(({ problem }) => problem === null);
  return usable.find(({ id }) => id === single.value) ?? shownRuns.value[0] ?? usable[0];
});

/** Shows or hides a run's curves. */
export function toggleRun(id: string): void {
  const ids = shownRuns.value.map((run) => run.id);
  const next = ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id];
  go({ runs: next.length === 0 ? NONE : next });
}

/** Shows or hides the curves of several runs. */
export function toggleRuns(ids: readonly string[], isShown: boolean): void {
  const others = shownRuns.value.map((run) => run.id).filter((id) => !ids.includes(id));
  const next = isShown ? [...others, ...ids] : others;
  go({ runs: next.length === 0 ? NONE : next });
}

/** The place of a run in the list, warm starts last; it decides the run's colour. */
export function runPlace(id: string): number {
  const isWarmStart = (run: RunSummary) => run.kind === "sft";
  const ordered = [...runs.value.filter((run) => !isWarmStart(run)), ...runs.value.filter(isWarmStart)];
  return ordered.findIndex((run) => run.id === id);
}

/** Of the last list that came. */
let seen = "";

/** The runs of a list with the configurations that came before; undefined where one of them never came. */
export function withConfigs(
  items: readonly ListedRun[],
  before: readonly RunSummary[],
): RunSummary[] | undefined {
  const known = new Map(before.map((run) => [run.id, run]));
  const whole = items.flatMap((run): RunSummary[] => {
    const old = known.get(run.id);
    const config = run.config ?? (old?.version === run.version ? old.config : undefined);
    return config === undefined ? [] : [{ ...run, config }];
  });
  return whole.length === items.length ? whole : undefined;
}

export async function loadRuns(): Promise<void> {
  try {
    const list = await askRuns(namedRuns(), seen);
    const found = withConfigs(list.items, runs.value);
    if (found === undefined) {
      // Another page was sent a configuration that this page was not.
      seen = "";
      return await loadRuns();
    }
    const { older } = list;
    ({ seen } = list);
    runs.value = found;
    olderRuns.value = older;
    trouble.value = "";
  } catch (error) {
    trouble.value = `The server does not answer: ${(error as Error).message}`;
  }
  isLoaded.value = true;
}

/** How much each run had written when its metrics were asked for, and for which iterations. */
const asked = new Map<string, string>();

/** Asks for a run's metrics unless they have been asked for as they are now. */
async function loadMetrics({ id, version, metricsBytes }: RunSummary): Promise<void> {
  const [from, to] = range.value.split("-");
  const query = from === undefined || to === undefined ? "" : `?from=${from}&to=${to}`;
  const state = `${version} ${metricsBytes} ${query}`;
  if (asked.get(id) === state) return;
  asked.set(id, state);
  try {
    const reply = await askRun<MetricsReply>(id, `metrics${query}`);
    if (asked.get(id) === state) metrics.value = new Map(metrics.value).set(id, reply);
  } catch (error) {
    asked.delete(id);
    trouble.value = `${id}: ${(error as Error).message}`;
  }
}

function onLive(event: LiveEvent): void {
  const known = runs.value.find(({ id }) => id === event.run);
  if (known === undefined) return;
  const isOther = event.isFinished !== known.isFinished || event.isStopped !== (known.stopped !== null);
  if (event.isGone || isOther) void loadRuns();
  const { reached, metricsBytes } = event;
  if (reached !== known.reached || metricsBytes !== known.metricsBytes) {
    runs.value = runs.value.map((run) => (run.id === event.run ? { ...run, reached, metricsBytes } : run));
  }
}

/** Loads the list, and from then on the metrics of every run that comes onto the screen. */
export function start(): void {
  void loadRuns();
  setInterval(() => {
    if (!document.hidden) void loadRuns();
  }, REFRESH_MS);
  effect(() => {
    void range.value;
    for (const run of shownRuns.value) void loadMetrics(run);
  });
  // As text, so that the same runs in another list are no change.
  const watched = computed(() =>
    JSON.stringify([...new Set([...shownRuns.value, openRun.value].flatMap((run) => run?.id ?? []))]),
  );
  effect(() => {
    const ids = JSON.parse(watched.value) as string[];
    return ids.length === 0 ? undefined : listen<LiveEvent>(ids, onLive);
  });
}
