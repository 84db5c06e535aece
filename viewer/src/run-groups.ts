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
}

export interface BandCurve extends Curve {
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

/** Settings that differ between seeds: the seed, and the warm start that learning began with. */
const OF_SEED = /^train\.seed$/;
const WARM_START = /[\\/]warm-starts?[\\/]/;

function settingsOf({ config }: GroupedRun): Record<string, string> {
  const kept = Object.entries(config).filter(
    ([key, value]) => !OF_SEED.test(key) && !(key === "model.path" && WARM_START.test(value)),
  );
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Values that names show, at most. */
const SHOWN = 3;

function nameOf(settings: Readonly<Record<string, string>>, differing: readonly string[]): string {
  return differing
    .slice(0, SHOWN)
    .flatMap((key) => {
      const value = settings[key];
      if (value === undefined) return [];
      const text = value.replaceAll('"', "");
      return key.endsWith(".kind") ? [text] : [`${key.slice(key.lastIndexOf(".") + 1)} ${text}`];
    })
    .join(" · ");
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
  return all.map(({ settings, runs: own }) => {
    const { id } = own[0]!;
    return { id, name: nameOf(settings, ordered) || id, runs: own };
  });
}

/** The mean of curves at each iteration that any of them has, and the least and greatest value there. */
export function meanCurve(curves: readonly Curve[]): BandCurve {
  const values = new Map<number, number[]>();
  for (const { x, y } of curves) {
    for (const [i, at] of x.entries()) {
      const value = y[i] ?? null;
      const own = values.get(at) ?? [];
      if (value !== null) own.push(value);
      values.set(at, own);
    }
  }
  const x = [...values.keys()].sort((a, b) => a - b);
  const of = (reduce: (own: readonly number[]) => number) =>
    x.map((at) => {
      const own = values.get(at) ?? [];
      return own.length === 0 ? null : reduce(own);
    });
  return {
    x,
    y: of((own) => own.reduce((sum, value) => sum + value, 0) / own.length),
    low: of((own) => Math.min(...own)),
    high: of((own) => Math.max(...own)),
  };
}
