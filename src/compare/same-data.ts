/**
 * @module
 * Refuses results of data that have changed since. The identity of a cell has the places of its data and not their content,
 * which a run and a measurement record as a fingerprint.
 */
import { type Config, fetchData, openTask } from "../config/index.ts";
import { splitSource } from "../data/index.ts";
import { DataError } from "../errors/index.ts";
import { hubSettings } from "../model/index.ts";
import { RunDirectory } from "../train/index.ts";
import { type Cell, cellName } from "./cell.ts";
import type { Measure } from "./measure.ts";
import type { CellStore } from "./store.ts";

/** Computes once for each key; undefined where the data cannot be opened: then there is nothing to compare with. */
class Fingerprints {
  readonly #known = new Map<string, Promise<string | undefined>>();

  of(key: unknown, compute: () => Promise<string>): Promise<string | undefined> {
    const name = JSON.stringify(key);
    const known = this.#known.get(name) ?? compute().catch(() => undefined);
    this.#known.set(name, known);
    return known;
  }
}

/** Nothing is downloaded only to be compared. */
const localData = (config: Config) =>
  fetchData(config, undefined, { settings: { ...hubSettings(), offline: true } });

const trainingData = async (config: Config) =>
  (await splitSource(await openTask(await localData(config)), "train")).fingerprint;

/**
 * Fails where data have changed since a cell was trained or measured on them.
 *
 * @throws DataError naming the cell, its directory, and both fingerprints
 */
export async function requireSameData(
  cells: readonly Cell[],
  { store, measures }: { readonly store: CellStore; readonly measures: readonly Measure[] },
): Promise<void> {
  const fingerprints = new Fingerprints();
  const require = (cell: Cell, what: string, directory: string, before: unknown, now: string | undefined) => {
    if (typeof before !== "string" || now === undefined || before === now) return;
    throw new DataError(
      `${cellName(cell)}: expected the data that it was ${what}, "${before}", got "${now}"; restore them, delete ${directory}, or ` +
        "give the grid another directory",
    );
  };
  for (const cell of cells) {
    const { config } = cell;
    const directory = store.runDirectory(cell);
    if (cell.isTrained && RunDirectory.exists(directory)) {
      const { data } = RunDirectory.open(directory).record;
      const key = [config.data, config.train.seed, config.evaluation.seed];
      const now = await fingerprints.of(key, () => trainingData(config));
      require(cell, "trained on", directory, data["train"], now);
    }
    for (const { evidence } of measures) {
      const { fingerprint } = evidence;
      const before = fingerprint && store.fingerprint(cell, evidence);
      if (fingerprint === undefined || before === undefined) continue;
      const now = await fingerprints.of(evidence.identity(config), async () =>
        fingerprint(await localData(config)),
      );
      require(cell, "measured on", store.evidenceDirectory(cell, evidence), before, now);
    }
  }
}
