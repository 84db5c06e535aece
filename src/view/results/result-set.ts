/**
 * @module
 * Measurements of runs: the tables of grids (`comparison.json`) and the files of answers (`answers.jsonl`) below the
 * directories that the viewer was given.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import { RunError } from "../../errors/index.ts";
import type { AnswersSummary, GridSummary, Listed } from "../protocol.ts";
import { containedPath } from "../runs/contained-path.ts";
import { parseObject } from "../runs/json-fields.ts";
import { type Aged, freeId, newestOf } from "../runs/newest.ts";
import { AnswerFile } from "./answer-file.ts";
import { gridTable } from "./grid-table.ts";

const ANSWERS = "answers.jsonl";
const TABLE = "comparison.json";
/** Folders of a run that hold no results. */
const PASSED_OVER: ReadonlySet<string> = new Set(["checkpoints", "model", "rollouts", "node_modules"]);
/** From a directory of grids to the answers of a measure: grid, results, cell, measure. */
const DEPTH = 5;
/** Files of answers, and tables, in a list. */
const MOST = 1000;
const MOST_TABLE_BYTES = 32 << 20;
/** A look at the disk is good for so long. */
const FRESH_MS = 2000;

/** A file that was found. */
interface Found extends Aged {
  readonly root: string;
  /** Folder of the file, relative to the root; "" for the root itself. */
  readonly folder: string;
}

/** Adds the files of some names in folders below a root, and in the root itself. */
async function findFiles(root: string, found: ReadonlyMap<string, Map<string, Found>>): Promise<void> {
  const look = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const { name } of entries) {
      const files = found.get(name);
      if (files === undefined) continue;
      const id = freeId(folder === "" ? basename(resolve(root)) : folder.split(sep).join("/"), files);
      files.set(id, { id, root, folder, file: join(root, folder, name) });
    }
    if (depth === 0) return;
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!entry.isDirectory() || entry.name.startsWith(".") || PASSED_OVER.has(entry.name)) continue;
      await look(join(folder, entry.name), depth - 1);
    }
  };
  await look("", DEPTH);
}

/** Finds results, and keeps what was read of them. */
export class ResultSet {
  readonly #roots: readonly string[];
  readonly #clock: () => number;
  readonly #most: number;
  #answers = new Map<string, Found>();
  #tables = new Map<string, Found>();
  /** Files of answers that were asked for, by id. */
  readonly #files = new Map<string, AnswerFile>();
  #looking: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param roots directories that the viewer was given
   * @param most things in a list
   */
  constructor(roots: readonly string[], clock: () => number = () => performance.now(), most = MOST) {
    this.#roots = roots;
    this.#clock = clock;
    this.#most = most;
  }

  /** Looks at the disk, once for all that ask meanwhile. */
  #look(): Promise<void> {
    if (this.#clock() - this.#lookedAt < FRESH_MS) return Promise.resolve();
    this.#looking ??= this.#lookAnew().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookAnew(): Promise<void> {
    const [answers, tables] = [new Map<string, Found>(), new Map<string, Found>()];
    for (const root of this.#roots)
      await findFiles(
        root,
        new Map([
          [ANSWERS, answers],
          [TABLE, tables],
        ]),
      );
    for (const id of this.#files.keys()) if (!answers.has(id)) this.#files.delete(id);
    this.#answers = answers;
    this.#tables = tables;
    this.#lookedAt = this.#clock();
  }

  /** The file of a place; undefined where it is gone, or leads out of its directory. */
  async #opened({ id, root, folder }: Found): Promise<AnswerFile | undefined> {
    const path = await containedPath(root, ...folder.split(sep).filter(Boolean), ANSWERS).catch(
      () => undefined,
    );
    if (path === undefined) return undefined;
    const known = this.#files.get(id);
    const file = known?.path === path ? known : new AnswerFile(path);
    this.#files.set(id, file);
    return file;
  }

  /**
   * The newest files of answers.
   *
   * @param named ids of files that are in the list however old they are
   */
  async answers(named: readonly string[] = []): Promise<Listed<AnswersSummary>> {
    await this.#look();
    const { items, older } = await newestOf([...this.#answers.values()], this.#most, new Set(named));
    const summaries = items.map(async (found): Promise<AnswersSummary[]> => {
      const { id } = found;
      try {
        const file = await this.#opened(found);
        return file === undefined ? [] : [{ id, problem: null, ...(await file.head()) }];
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        return [{ id, problem, benchmark: "", model: "", verdict: "" }];
      }
    });
    return { items: (await Promise.all(summaries)).flat(), older };
  }

  /**
   * The file of answers of an id, also one that is too old for the list.
   *
   * @throws RunError when there is none
   */
  async answerFile(id: string): Promise<AnswerFile> {
    await this.#look();
    const found = this.#answers.get(id);
    const file = found && (await this.#opened(found));
    if (file === undefined) {
      throw new RunError(`answers "${id}": not found in the directories of this viewer`);
    }
    return file;
  }

  /** The newest tables of grids; what is wrong with one is a text. */
  async grids(): Promise<Listed<GridSummary>> {
    await this.#look();
    const { items, older } = await newestOf([...this.#tables.values()], this.#most);
    const summaries = items.map(({ id, root, folder }) => gridSummary(id, root, folder));
    return { items: await Promise.all(summaries), older };
  }
}

async function gridSummary(id: string, root: string, folder: string): Promise<GridSummary> {
  const none = { axes: [], columns: [], rows: [], baseline: null, notes: [] };
  try {
    const path = await containedPath(root, ...folder.split(sep).filter(Boolean), TABLE);
    if (path === undefined) throw new RunError(`${TABLE} is being deleted`);
    if ((await stat(path)).size > MOST_TABLE_BYTES) throw new RunError(`${TABLE} is too long to be one`);
    const table = gridTable(parseObject(await readFile(path, "utf8")));
    if (table === undefined) throw new RunError(`${TABLE}: expected a table of version 1, got another`);
    const prefix = folder === "" ? "" : `${folder.split(sep).join("/")}/`;
    const rows = table.rows.map((row) => ({ ...row, runs: row.runs.map((run) => prefix + run) }));
    return { id, problem: null, ...table, rows };
  } catch (error) {
    return { id, problem: error instanceof Error ? error.message : String(error), ...none };
  }
}
