/**
 * @module
 * Checkpoints: the engine's weights and optimiser with the trainer's own state. They are written beside the old
 * checkpoints and renamed into place, so that a crash or a full disk leaves the last good checkpoint.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Engine } from "../../engine/index.ts";
import { RunError } from "../../errors/index.ts";
import type { Checkpoint, TrainerState } from "../loop/observer.ts";
import { numbered } from "./numbered.ts";

const FOLDER = "checkpoints";
const TRAINER = "trainer.json";
const UNFINISHED = ".unfinished-";
/** Begins the name of a directory whose successor is about to take its place. */
const REPLACED = ".replaced-";

/** Syncs the files of a directory, which has no others below. */
function syncFiles(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = openSync(join(path, entry.name), "r+");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}

/** Moves `fresh` to `path`; at every moment a complete directory exists there or beside it. */
function swapIn(fresh: string, path: string): void {
  const old = join(dirname(path), `${REPLACED}${basename(path)}`);
  rmSync(old, { recursive: true, force: true });
  if (existsSync(path)) renameSync(path, old);
  renameSync(fresh, path);
  rmSync(old, { recursive: true, force: true });
}

/** Removes a directory, which at every moment is whole or gone. */
export function removeDirectory(path: string): void {
  const old = join(dirname(path), `${UNFINISHED}old`);
  rmSync(old, { recursive: true, force: true });
  if (!existsSync(path)) return;
  renameSync(path, old);
  rmSync(old, { recursive: true, force: true });
}

/**
 * Fills a new directory and puts it in place of `path`. Several of one parent may be filled at once.
 *
 * @throws RunError when anything fails; `path` is then unchanged, and no partial files remain
 */
export async function replaceDirectory(path: string, fill: (fresh: string) => Promise<void>): Promise<void> {
  const fresh = join(dirname(path), `${UNFINISHED}${process.pid}-${basename(path)}`);
  try {
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    await fill(fresh);
    syncFiles(fresh);
    swapIn(fresh, path);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    const cause = error as NodeJS.ErrnoException;
    const reason = cause.code === "ENOSPC" ? "no space left on the disk" : cause.message;
    throw new RunError(`${path}: cannot be saved: ${reason}`, { cause });
  }
}

/** The checkpoints of a run, oldest first; checkpoints without a readable trainer.json do not count. */
export function listCheckpoints(runDirectory: string): Checkpoint[] {
  const folder = join(runDirectory, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .sort((a, b) => Number(a) - Number(b))
    .flatMap((name) => {
      const path = join(folder, name);
      try {
        return [{ path, trainer: JSON.parse(readFileSync(join(path, TRAINER), "utf8")) as TrainerState }];
      } catch {
        return [];
      }
    });
}

/** The newest checkpoint of a run; undefined when there is none. */
export function latestCheckpoint(runDirectory: string): Checkpoint | undefined {
  return listCheckpoints(runDirectory).at(-1);
}

/**
 * Saves checkpoints/<completed>/ and drops the oldest beyond `keep`.
 *
 * @param writeMore writes more files into the directory
 * @returns its path
 * @throws RunError when it cannot be saved, naming the last good one
 */
export async function saveCheckpoint(
  runDirectory: string,
  engine: Engine,
  trainer: TrainerState,
  keep: number,
  writeMore?: (directory: string) => Promise<void>,
): Promise<string> {
  const folder = join(runDirectory, FOLDER);
  const path = join(folder, numbered(trainer.completed));
  const before = latestCheckpoint(runDirectory);
  try {
    mkdirSync(folder, { recursive: true });
    await replaceDirectory(path, async (fresh) => {
      await engine.save(fresh);
      await writeMore?.(fresh);
      writeFileSync(join(fresh, TRAINER), `${JSON.stringify(trainer, null, 2)}\n`);
    });
  } catch (error) {
    const last = before === undefined ? "there is no earlier one" : `the last good one is ${before.path}`;
    throw new RunError(`${(error as Error).message}; ${last}`, { cause: error });
  }
  for (const { path: old } of listCheckpoints(runDirectory).slice(0, -keep)) {
    rmSync(old, { recursive: true, force: true });
  }
  return path;
}

/**
 * Removes what a crash in `replaceDirectory` left in a folder. A directory without its successor takes its place again.
 */
export function clearLeftovers(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const place = join(folder, name.slice(REPLACED.length));
    if (name.startsWith(REPLACED) && !existsSync(place)) renameSync(path, place);
    else if (name.startsWith(UNFINISHED) || name.startsWith(REPLACED))
      rmSync(path, { recursive: true, force: true });
  }
}

/** Removes leftovers of a crash while saving from a run directory and its checkpoints. */
export function clearUnfinished(runDirectory: string): void {
  for (const folder of [runDirectory, join(runDirectory, FOLDER)]) clearLeftovers(folder);
}
