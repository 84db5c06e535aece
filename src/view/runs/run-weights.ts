/**
 * @module
 * The weights of a run that can be loaded.
 */
import { readdir } from "node:fs/promises";
import { WARM_START } from "../../config/index.ts";
import { FINAL_MODEL } from "../../train/index.ts";
import { containedPath } from "./contained-path.ts";
import type { RecordedEnd } from "./run-stop.ts";

export const CHECKPOINTS = "checkpoints";

export interface RunWeights {
  /** Directories relative to the run, newest first. */
  readonly names: readonly string[];
  /** Whether a checkpoint has no weights yet. */
  readonly isIncomplete: boolean;
}

/**
 * A final model may be that of an earlier end: the run was extended and has not reached its new one. Earlier releases left that
 * model in place.
 *
 * @param planned iterations of the whole run
 * @param end its recorded end
 */
export async function runWeights(
  path: string,
  planned: number | null,
  end: RecordedEnd | undefined,
): Promise<RunWeights> {
  const folder = await containedPath(path, CHECKPOINTS);
  const numbers = folder === undefined ? [] : (await readdir(folder)).filter((name) => /^\d+$/.test(name));
  const checkpoints = numbers.sort((a, b) => Number(b) - Number(a)).map((name) => `${CHECKPOINTS}/${name}`);
  const newest = Number(numbers[0] ?? Number.NaN);
  const isExtended = planned !== null && newest < planned && end?.status !== "finished";
  const trained = isExtended ? [...checkpoints, FINAL_MODEL] : [FINAL_MODEL, ...checkpoints];
  const places = [...trained, `${WARM_START}/${FINAL_MODEL}`];
  // A model directory, or that of an adapter.
  const has = async (place: string, name: string) =>
    (await containedPath(path, ...place.split("/"), name)) !== undefined;
  const present = await Promise.all(
    places.map(
      async (place) => (await has(place, "config.json")) || (await has(place, "adapter_config.json")),
    ),
  );
  const names = places.filter((_, i) => present[i]);
  return { names, isIncomplete: !checkpoints.every((name) => names.includes(name)) };
}
