/**
 * @module
 * Runs that differ in their seed alone, and their curves as one: the mean over them, and a band from the least to the greatest.
 */

/** A run as grouping needs it. */
export interface GroupedRun {
  readonly id: string;
  /** `train`, or `sft` for a warm start. */
  readonly kind: string;
  /** Configuration as dotted keys. */
  readonly config: Readonly<Record<string, string>>;
}

export interface RunGroup<Run extends GroupedRun> {
  /** That of its first run. */
  readonly id: string;
  /** The settings in which it differs from other groups; the id where there are none. */
  readonly name: string;
  readonly runs: readonly Run[];
}

/** A curve: numbers at iterations that rise. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** Width of the buckets that its points are, a power of two; that of iteration i is number ⌈i / every⌉. */
  readonly every: number;
}

/** The mean of several curves. */
export interface MeanCurve extends Curve {
  /** The mean where some curves have ended or not begun; null where `y` is not. */
  readonly rest: readonly (number | null)[];
  /** Least and greatest of the values that a mean is of. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Number of these values. */
  readonly count: readonly number[];
}

const SEED = "train.seed";
/** The weights of one seed in the directory of a grid, where learning of its cells began. */
const GRID_WARM_START = /([\\/]warm-starts)[\\/][^\\/]+[\\/]model(?="?$)/;

function settingsOf({ config }: GroupedRun): Record<string, string> {
  const kept = Object.entries(config)
    .filter(([key]) => key !== SEED)
    .map(
      ([key, value]) => [key, key === "model.path" ? value.replace(GRID_WARM_START, "$1") : value] as const,
    );
  return Object.fromEntries(kept.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** `3 runs, 2 seeds`. */
export function countText(runs: readonly GroupedRun[]): string {
  if (runs.length === 1) return "one run";
  const seeds = new Set(runs.map(({ config }) => config[SEED])).size;
  return seeds === runs.length
    ? `${seeds} seeds`
    : `${runs.length} runs, ${seeds} ${seeds === 1 ? "seed" : "seeds"}`;
}

/** Values that a name shows; more where it would be another's name. */
const SHOWN = 3;

function nameOf(settings: Readonly<Record<string, string>>, keys: readonly string[]): string {
  return keys
    .flatMap((key) => {
      const value = settings[key];
      if (value === undefined) return [];
      const text = value.replaceAll('"', "");
      return key.endsWith(".kind") ? [text] : [`${key.slice(key.lastIndexOf(".") + 1)} ${text}`];
    })
    .join(" · ");
}

/** Names of groups by the settings in which they differ, each another where the settings allow it. */
function namesOf(
  groups: readonly Readonly<Record<string, string>>[],
  differing: readonly string[],
): string[] {
  const names = groups.map((settings) => nameOf(settings, differing.slice(0, SHOWN)));
  for (let shown = SHOWN + 1; shown <= differing.length; shown++) {
    const isTaken = names.map((name) => names.indexOf(name) !== names.lastIndexOf(name));
    if (!isTaken.includes(true)) break;
    groups.forEach((settings, i) => {
      if (isTaken[i]) names[i] = nameOf(settings, differing.slice(0, shown));
    });
  }
  return names;
}

/** Runs in groups that differ only in their seed, in the order of the groups' first runs. */
export function groupRuns<Run extends GroupedRun>(runs: readonly Run[]): RunGroup<Run>[] {
  const groups = new Map<string, { settings: Record<string, string>; runs: Run[] }>();
  for (const run of runs) {
    const settings = settingsOf(run);
    const key = JSON.stringify([run.kind, settings]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { settings, runs: [run] });
    else group.runs.push(run);
  }
  const all = [...groups.values()];
  const keys = [...new Set(all.flatMap(({ settings }) => Object.keys(settings)))];
  const differing = keys.filter((key) => new Set(all.map(({ settings }) => settings[key])).size > 1);
  // The kinds of parts say most.
  const ordered = differing.toSorted((a, b) => Number(b.endsWith(".kind")) - Number(a.endsWith(".kind")));
  const names = namesOf(
    all.map(({ settings }) => settings),
    ordered,
  );
  return all.map(({ runs: own }, i) => {
    const { id } = own[0]!;
    const name = names[i]!;
    const isOnly = name !== "" && names.indexOf(name) === names.lastIndexOf(name);
    return { id, name: isOnly ? name : [name, id].filter(Boolean).join(" · "), runs: own };
  });
}

/** The means of a curve's points in buckets of a width. */
function bucketMeans({ x, y }: Curve, every: number): Map<number, { at: number; mean: number }> {
  const buckets = new Map<number, { at: number; sum: number; count: number }>();
  x.forEach((at, i) => {
    const value = y[i] ?? null;
    if (value === null) return;
    const place = Math.ceil(at / every);
    const { sum = 0, count = 0 } = buckets.get(place) ?? {};
    buckets.set(place, { at, sum: sum + value, count: count + 1 });
  });
  return new Map([...buckets].map(([place, { at, sum, count }]) => [place, { at, mean: sum / count }]));
}

/**
 * The mean of curves over the buckets of the widest of them. It has a point only where every curve that has begun and not
 * ended has one, so that it never moves because another set of runs was measured.
 *
 * @param of runs of which all are, also those without the curve
 */
export function meanCurve(curves: readonly Curve[], of: number = curves.length): MeanCurve {
  const every = Math.max(1, ...curves.map((curve) => curve.every));
  const members = curves.map((curve) => bucketMeans(curve, every)).filter(({ size }) => size > 0);
  const ranges = members.map((own) => [Math.min(...own.keys()), Math.max(...own.keys())] as const);
  const places = [...new Set(members.flatMap((own) => [...own.keys()]))].sort((a, b) => a - b);
  const points = places.flatMap((place) => {
    const running = ranges.filter(([first, last]) => first <= place && place <= last).length;
    const found = members.flatMap((own) => own.get(place) ?? []);
    return found.length === running ? [found] : [];
  });
  const values = points.map((found) => found.map(({ mean }) => mean));
  const means = values.map((own) => own.reduce((sum, value) => sum + value, 0) / own.length);
  const hasAll = (i: number) => values[i]?.length === of;
  return {
    x: points.map((found) => Math.max(...found.map(({ at }) => at))),
    every,
    y: means.map((value, i) => (hasAll(i) ? value : null)),
    rest: means.map((value, i) => (hasAll(i) ? null : value)),
    low: values.map((own) => Math.min(...own)),
    high: values.map((own) => Math.max(...own)),
    count: values.map((own) => own.length),
  };
}
