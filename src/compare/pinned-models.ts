/**
 * @module
 * Commits of the models of the hub in a directory of cells, as their revisions were when the directory was begun. A revision
 * such as `main` may move while a grid runs, or before it is resumed.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  atRecordedCommit,
  type Config,
  fetchModel,
  modelContent,
  type OpenPartsOptions,
} from "../config/index.ts";
import { RunError } from "../errors/index.ts";
import { writeOutput } from "../files/index.ts";
import { isSettings } from "../parts/index.ts";
import type { Cell } from "./cell.ts";

/** Commits by the references of their models, `org/name@revision`. */
export type PinnedModels = Readonly<Record<string, string>>;

const FILE = "hub-models.json";
const COMMIT = /^[0-9a-f]{40}$/;

/** A model of the hub by its reference; undefined of any other model, and of one that a commit names. */
function movingReference({ model }: Config): string | undefined {
  if (model.kind !== "hub" || COMMIT.test(model.revision)) return undefined;
  return `${model.name}@${model.revision}`;
}

/**
 * The commits that a directory of cells has recorded; none where it is new.
 *
 * @throws RunError when its file cannot be read
 */
export function readPinnedModels(directory: string): PinnedModels {
  const file = join(directory, FILE);
  if (!existsSync(file)) return {};
  const expected = `${file}: expected the commits of the models of the hub by their names`;
  let record: unknown;
  try {
    record = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new RunError(`${expected}, got text that is no JSON`, { cause });
  }
  if (isSettings(record) && Object.values(record).every((commit) => COMMIT.test(String(commit)))) {
    return record as PinnedModels;
  }
  throw new RunError(`${expected}, got ${JSON.stringify(record)}`);
}

/**
 * Records the commits of the models of the hub that cells name, where the directory has none yet. These models are downloaded
 * unless they are cached.
 *
 * @throws RunError when the record cannot be read or written
 * @throws DownloadError when a model is not available
 */
export async function pinModels(
  cells: readonly Cell[],
  directory: string,
  onDownload?: OpenPartsOptions["onDownload"],
): Promise<PinnedModels> {
  let pinned = readPinnedModels(directory);
  for (const { config, start = config } of cells) {
    for (const one of [config, start]) {
      const reference = movingReference(one);
      if (reference === undefined || reference in pinned) continue;
      const commit = modelContent(await fetchModel(one, onDownload))?.commit;
      if (commit === undefined) continue;
      pinned = { ...pinned, [reference]: commit };
      writeOutput(join(directory, FILE), `${JSON.stringify(pinned, null, 2)}\n`);
    }
  }
  return pinned;
}

function pinnedConfig(config: Config, pinned: PinnedModels): Config {
  return atRecordedCommit(config, pinned[movingReference(config) ?? ""]);
}

/** The cells with their models of the hub at the commits that are recorded. */
export function pinnedCells(cells: readonly Cell[], pinned: PinnedModels): Cell[] {
  return cells.map((cell) => ({
    ...cell,
    config: pinnedConfig(cell.config, pinned),
    ...(cell.start && { start: pinnedConfig(cell.start, pinned) }),
  }));
}
