/**
 * @module
 * The runs that a viewer shows: the directories it was given, the runs inside them, and the warm starts inside those.
 */
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import { WARM_START } from "../../config/index.ts";
import { ConfigError } from "../../errors/index.ts";
import type { Listed } from "../protocol.ts";
import { containedPath } from "./contained-path.ts";
import { exportsInside, holdsExport } from "./export-directories.ts";
import { type Aged, freeId, newestOf } from "./newest.ts";
import { Run } from "./run.ts";

/** Runs in a list. */
const MOST_RUNS = 500;
/** A look at the disk is good for so long. */
const FRESH_MS = 500;

async function holdsRun(directory: string): Promise<boolean> {
  try {
    // An export has a config.json too: its model's.
    return (await containedPath(directory, "config.json")) !== undefined && !(await holdsExport(directory));
  } catch {
    return false;
  }
}

/** Directories in directories that are looked into: a directory of grids, a grid, its cells. */
const DEPTH = 3;

/**
 * Runs inside a directory, oldest name first, as paths relative to it; in a directory that is not a run, such as a
 * grid of runs, the runs inside it. None if a directory cannot be listed.
 */
async function runsInside(directory: string, depth = DEPTH): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory() || entry.name === "node_modules" || entry.name.startsWith(".")) continue;
    const path = join(directory, entry.name);
    if (await holdsRun(path)) found.push(entry.name);
    else if (depth > 1 && !(await holdsExport(path))) {
      found.push(...(await runsInside(path, depth - 1)).map((inside) => join(entry.name, inside)));
    }
  }
  return found;
}

/** A run that was found. */
interface Place extends Aged {
  readonly path: string;
}

/** Looks for runs; each is opened once and kept while it is there. */
export class RunSet {
  readonly #roots: readonly string[];
  readonly #most: number;
  /** All runs, in the order in which they were given. */
  #places = new Map<string, Place>();
  /** Runs that were asked for. */
  #runs = new Map<string, Run>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;
  readonly #clock: () => number;

  private constructor(roots: readonly string[], clock: () => number, most: number) {
    this.#roots = roots;
    this.#clock = clock;
    this.#most = most;
  }

  /**
   * @param paths run directories, or directories of run directories
   * @param most runs in a list
   * @throws ConfigError when one is not a directory
   */
  static async open(
    paths: readonly string[],
    clock: () => number = () => performance.now(),
    most = MOST_RUNS,
  ): Promise<RunSet> {
    for (const path of paths) {
      const found = await stat(path).catch(() => undefined);
      if (found?.isDirectory() !== true)
        throw new ConfigError(`${path}: expected a run directory, or a directory of runs`);
    }
    return new RunSet(paths, clock, most);
  }

  /**
   * The newest runs, in the order in which they were given.
   *
   * @param named ids of runs that are in the list however old they are
   */
  async list(named: readonly string[] = []): Promise<Listed<Run>> {
    if (this.#clock() - this.#lookedAt > FRESH_MS) {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
      await this.#looking;
    }
    const { items, older } = await newestOf([...this.#places.values()], this.#most, new Set(named));
    return { items: items.map((place) => this.#opened(place)), older };
  }

  /** Forgets how fresh the last look is: something is known to have changed. */
  lookAgain(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
  }

  /** The run of an id, also one that is too old for the list. */
  async find(id: string): Promise<Run | undefined> {
    if (!this.#places.has(id)) {
      this.lookAgain();
      await this.list();
    }
    const place = this.#places.get(id);
    return place && this.#opened(place);
  }

  #opened({ id, path }: Place): Run {
    const run = this.#runs.get(id) ?? new Run(id, path);
    this.#runs.set(id, run);
    return run;
  }

  async #look(): Promise<void> {
    const found: [name: string, path: string][] = [];
    for (const root of this.#roots) {
      if (await holdsExport(root)) continue;
      const isRun = await holdsRun(root);
      const inside = isRun ? [] : await runsInside(root);
      if (!isRun && inside.length === 0 && (await exportsInside(root)).length > 0) continue;
      // A directory without any run is shown as what it is: empty, or not begun yet.
      const named = inside.map((name) => [name.split(sep).join("/"), join(root, name)] as const);
      for (const [name, path] of named.length === 0 ? [[basename(resolve(root)), root] as const] : named) {
        found.push([name, path]);
        if (await holdsRun(join(path, WARM_START)))
          found.push([`${name}/${WARM_START}`, join(path, WARM_START)]);
      }
    }
    const places = new Map<string, Place>();
    for (const [name, path] of found) {
      const id = freeId(name, places);
      places.set(id, { id, path, file: join(path, "config.json") });
    }
    this.#places = places;
    this.#runs = new Map([...this.#runs].filter(([id, { path }]) => places.get(id)?.path === path));
    this.#lookedAt = this.#clock();
  }
}
