/**
 * @module
 * One walk of the directories that a viewer was given: the runs, exports, files of answers and tables of grids in them.
 */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { WARM_START } from "../../config/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { FINAL_MODEL } from "../../train/index.ts";
import { containedPath } from "./contained-path.ts";
import { EXPORT_MANIFEST } from "./export-manifest.ts";
import { type Aged, freeId } from "./newest.ts";

export const ANSWERS = "answers.jsonl";
export const TABLE = "comparison.json";
const RECORD = "config.json";

/** Levels below a directory that was given, and below a run: grids, a grid, results, a cell, a measure. */
export const DEPTH = 5;
/** Folders of a run that hold nothing that is looked for. */
const PASSED_OVER: ReadonlySet<string> = new Set(["checkpoints", FINAL_MODEL, "rollouts"]);
/** A look at the disk is good for so long. */
const FRESH_MS = 500;

/** A directory that was found. */
export interface Place extends Aged {
  readonly path: string;
  /** The directory around it that was given, or that a link in that leads to. No file outside is opened. */
  readonly base: string;
  /** Names of the folders from there. */
  readonly inside: readonly string[];
  /** From the directory that was given, with /; "" for that directory. */
  readonly folder: string;
  /** Id of the run that holds it; of a run its own. */
  readonly run: string | undefined;
  /** False for a directory that was given and holds nothing. */
  readonly isRun: boolean;
}

/** All that was found, by id. */
export type Found = Readonly<Record<"runs" | "exports" | "answers" | "tables", ReadonlyMap<string, Place>>>;

/** A directory on the way. */
interface Step {
  readonly base: string;
  readonly realBase: string;
  readonly inside: readonly string[];
  readonly folder: string;
  readonly depth: number;
  /** Folder of the run around it. */
  readonly run: string | undefined;
}

interface Thing extends Pick<Step, "base" | "inside" | "folder" | "run"> {
  readonly kind: keyof Found;
  readonly file: string;
}

/** Whether an entry of a directory is there, and no link that leads out. */
async function has(path: string, entries: readonly Dirent[], name: string): Promise<boolean> {
  const entry = entries.find((one) => one.name === name);
  if (entry === undefined || !entry.isSymbolicLink()) return entry !== undefined;
  return (await containedPath(path, name).catch(() => undefined)) !== undefined;
}

/** One walk; a directory that is reached twice, as through a link, counts once. */
class Walk {
  readonly #seen = new Set<string>();
  /** Whether something was passed over because it had been seen. */
  hasSeen = false;

  /** Things in a directory that was given, and behind the links in it. */
  async from(root: string): Promise<Thing[]> {
    const links: string[] = [];
    const things = await this.#inside(root, "", DEPTH, links);
    for (const name of links) things.push(...(await this.#inside(join(root, name), name, DEPTH - 1, [])));
    return things;
  }

  async #inside(base: string, folder: string, depth: number, links: string[]): Promise<Thing[]> {
    const realBase = await realpath(base).catch(() => undefined);
    if (realBase === undefined) return [];
    return this.#things({ base, realBase, inside: [], folder, depth, run: undefined }, links);
  }

  async #things(step: Step, links: string[]): Promise<Thing[]> {
    const { base, realBase, inside, folder, depth, run } = step;
    const real = join(realBase, ...inside);
    if (this.#seen.has(real)) {
      this.hasSeen = true;
      return [];
    }
    this.#seen.add(real);
    const path = join(base, ...inside);
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    const thing = (kind: keyof Found, name: string, holder = run): Thing => ({
      kind,
      base,
      inside,
      folder,
      run: holder,
      file: join(path, name),
    });
    // An export has a config.json too: its model's.
    if (await has(path, entries, EXPORT_MANIFEST)) return [thing("exports", EXPORT_MANIFEST)];
    const mayBeRun = run === undefined || inside.at(-1) === WARM_START;
    const isRun = mayBeRun && (await has(path, entries, RECORD));
    const names = new Set(entries.map(({ name }) => name));
    const own = [
      ...(isRun ? [thing("runs", RECORD, folder)] : []),
      ...(names.has(ANSWERS) ? [thing("answers", ANSWERS)] : []),
      ...(names.has(TABLE) ? [thing("tables", TABLE)] : []),
    ];
    const holder = isRun ? folder : run;
    const left = isRun ? DEPTH : depth;
    if (left === 0) return own;
    const within = await Promise.all(
      entries
        .filter(({ name }) => name !== "node_modules" && !name.startsWith("."))
        .filter(({ name }) => holder === undefined || !PASSED_OVER.has(name))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(async (entry): Promise<Thing[]> => {
          const { name } = entry;
          if (entry.isSymbolicLink() && folder === "" && holder === undefined) {
            const isFolder = await stat(join(path, name)).then(
              (found) => found.isDirectory(),
              () => false,
            );
            if (isFolder) links.push(name);
          }
          if (!entry.isDirectory()) return [];
          const next = { ...step, inside: [...inside, name], depth: left - 1, run: holder };
          return this.#things({ ...next, folder: folder === "" ? name : `${folder}/${name}` }, links);
        }),
    );
    return [...own, ...within.flat()];
  }
}

async function lookInto(roots: readonly string[]): Promise<Found> {
  const found = {
    runs: new Map<string, Place>(),
    exports: new Map<string, Place>(),
    answers: new Map<string, Place>(),
    tables: new Map<string, Place>(),
  };
  const walk = new Walk();
  for (const root of roots) {
    walk.hasSeen = false;
    const things = await walk.from(root);
    const name = basename(resolve(root));
    const isRun = things.some(({ kind, folder }) => kind === "runs" && folder === "");
    const nameOf = (folder: string) => (isRun ? [name, folder] : [folder || name]).filter(Boolean).join("/");
    /** Ids of runs by their folders. */
    const ids = new Map<string, string>();
    for (const { kind, run, ...thing } of things) {
      const id = freeId(nameOf(thing.folder), found[kind]);
      if (kind === "runs") ids.set(thing.folder, id);
      const path = join(thing.base, ...thing.inside);
      found[kind].set(id, { ...thing, id, path, run: ids.get(run ?? "."), isRun: kind === "runs" });
    }
    if (things.length > 0 || walk.hasSeen) continue;
    // A directory without anything is shown as what it is: empty, or not begun yet.
    const id = freeId(name, found.runs);
    const empty = { path: root, base: root, inside: [], folder: "", run: undefined, isRun: false };
    found.runs.set(id, { id, file: join(root, RECORD), ...empty });
  }
  return found;
}

/** Looks at the disk, once for all that ask meanwhile. */
export class Places {
  readonly #roots: readonly string[];
  readonly #clock: () => number;
  #found: Promise<Found> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  private constructor(roots: readonly string[], clock: () => number) {
    this.#roots = roots;
    this.#clock = clock;
  }

  /**
   * @param roots runs, exports, results, or directories of them
   * @throws ConfigError when one is not a directory
   */
  static async open(roots: readonly string[], clock = () => performance.now()): Promise<Places> {
    for (const path of roots) {
      const found = await stat(path).catch(() => undefined);
      if (found?.isDirectory() !== true)
        throw new ConfigError(`${path}: expected a run directory, or a directory of runs`);
    }
    return new Places(roots, clock);
  }

  /** All places that are there now, or were half a second ago. */
  async look(): Promise<Found> {
    if (this.#found === undefined || this.#clock() - this.#lookedAt > FRESH_MS) {
      this.#lookedAt = Number.POSITIVE_INFINITY;
      this.#found = lookInto(this.#roots).finally(() => {
        this.#lookedAt = this.#clock();
      });
    }
    return this.#found;
  }

  /** Forgets how fresh the last look is: something is known to have changed. */
  lookAgain(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
  }
}
