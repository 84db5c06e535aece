/**
 * @module
 * The runs that a viewer shows: the directories it was given, the runs inside them, and the warm starts inside those.
 */
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import { WARM_START } from "../../config/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { containedPath } from "./contained-path.ts";
import { exportsInside, holdsExport } from "./export-directories.ts";
import { Run } from "./run.ts";

const MAX_RUNS = 500;
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
    if (found.length >= MAX_RUNS) break;
    if (!entry.isDirectory() || entry.name === "node_modules" || entry.name.startsWith(".")) continue;
    const path = join(directory, entry.name);
    if (await holdsRun(path)) found.push(entry.name);
    else if (depth > 1 && !(await holdsExport(path))) {
      found.push(...(await runsInside(path, depth - 1)).map((inside) => join(entry.name, inside)));
    }
  }
  return found;
}

/** Looks for runs; each is opened once and kept while it is there. */
export class RunSet {
  readonly #roots: readonly string[];
  #runs = new Map<string, Run>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;
  readonly #clock: () => number;

  private constructor(roots: readonly string[], clock: () => number) {
    this.#roots = roots;
    this.#clock = clock;
  }

  /**
   * @param paths run directories, or directories of run directories
   * @throws ConfigError when one is not a directory
   */
  static async open(
    paths: readonly string[],
    clock: () => number = () => performance.now(),
  ): Promise<RunSet> {
    for (const path of paths) {
      const found = await stat(path).catch(() => undefined);
      if (found?.isDirectory() !== true)
        throw new ConfigError(`${path}: expected a run directory, or a directory of runs`);
    }
    return new RunSet(paths, clock);
  }

  /** All runs, in the order in which they were given. */
  async all(): Promise<Run[]> {
    if (this.#clock() - this.#lookedAt > FRESH_MS) {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
      await this.#looking;
    }
    return [...this.#runs.values()];
  }

  /** Forgets how fresh the last look is: something is known to have changed. */
  lookAgain(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
  }

  /** The run of an id. */
  async find(id: string): Promise<Run | undefined> {
    const known = this.#runs.get(id);
    if (known !== undefined) return known;
    this.lookAgain();
    await this.all();
    return this.#runs.get(id);
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
    const runs = new Map<string, Run>();
    for (const [name, path] of found.slice(0, MAX_RUNS)) {
      let id = name;
      for (let n = 2; runs.has(id); n++) id = `${name}~${n}`;
      const known = this.#runs.get(id);
      runs.set(id, known?.path === path ? known : new Run(id, path));
    }
    this.#runs = runs;
    this.#lookedAt = this.#clock();
  }
}
