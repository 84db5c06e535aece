/**
 * @module
 * Measurements of runs: the tables of grids (`comparison.json`) and the files of answers (`answers.jsonl`) below the
 * directories that the viewer was given.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import { RunError } from "../../errors/index.ts";
import type { AnswersSummary, GridSummary } from "../protocol.ts";
import { containedPath } from "../runs/contained-path.ts";
import { parseObject } from "../runs/json-fields.ts";
import { AnswerFile } from "./answer-file.ts";
import { gridTable } from "./grid-table.ts";

const ANSWERS = "answers.jsonl";
const TABLE = "comparison.json";
/** Folders of a run that hold no results. */
const PASSED_OVER: ReadonlySet<string> = new Set(["checkpoints", "model", "rollouts", "node_modules"]);
/** From a directory of grids to the answers of a measure: grid, results, cell, measure. */
const DEPTH = 5;
const MOST = 1000;
const MOST_TABLE_BYTES = 32 << 20;
/** A look at the disk is good for so long. */
const FRESH_MS = 2000;

/** The place of a file. */
interface Found {
  readonly root: string;
  /** Folder of the file, relative to the root; "" for the root itself. */
  readonly folder: string;
}

/** Folders below a root, and the root itself, that hold one of the files. */
async function holders(root: string, found: Record<string, Found[]>): Promise<void> {
  const look = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const { name } of entries) {
      const list = found[name];
      if (list !== undefined && list.length < MOST) list.push({ root, folder });
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
  #answers = new Map<string, { readonly file: AnswerFile }>();
  #looking: Promise<void> | undefined;
  #tables = new Map<string, Found>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param roots directories that the viewer was given */
  constructor(roots: readonly string[], clock: () => number = () => performance.now()) {
    this.#roots = roots;
    this.#clock = clock;
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
    const found: Record<string, Found[]> = { [ANSWERS]: [], [TABLE]: [] };
    for (const root of this.#roots) await holders(root, found);
    const known = new Map([...this.#answers.values()].map((one) => [one.file.path, one.file]));
    const answers = new Map<string, { readonly file: AnswerFile }>();
    for (const { root, folder } of found[ANSWERS] ?? []) {
      const path = await containedPath(root, ...folder.split(sep).filter(Boolean), ANSWERS).catch(
        () => undefined,
      );
      if (path === undefined) continue;
      const name = folder === "" ? basename(resolve(root)) : folder.split(sep).join("/");
      answers.set(freeName(name, answers), { file: known.get(path) ?? new AnswerFile(path) });
    }
    const tables = new Map<string, Found>();
    for (const one of found[TABLE] ?? []) {
      const name = one.folder === "" ? basename(resolve(one.root)) : one.folder.split(sep).join("/");
      tables.set(freeName(name, tables), one);
    }
    this.#answers = answers;
    this.#tables = tables;
    this.#lookedAt = this.#clock();
  }

  /** All files of answers. */
  async answers(): Promise<AnswersSummary[]> {
    await this.#look();
    return Promise.all(
      [...this.#answers].map(async ([id, { file }]): Promise<AnswersSummary> => {
        try {
          return { id, problem: null, ...(await file.head()) };
        } catch (error) {
          const problem = error instanceof Error ? error.message : String(error);
          return { id, problem, benchmark: "", model: "", verdict: "" };
        }
      }),
    );
  }

  /**
   * The file of answers of an id.
   *
   * @throws RunError when there is none
   */
  async answerFile(id: string): Promise<AnswerFile> {
    await this.#look();
    const found = this.#answers.get(id);
    if (found === undefined)
      throw new RunError(`answers "${id}": not found in the directories of this viewer`);
    return found.file;
  }

  /** The tables of all grids; what is wrong with one is a text. */
  async grids(): Promise<GridSummary[]> {
    await this.#look();
    return Promise.all([...this.#tables].map(([id, { root, folder }]) => gridSummary(id, root, folder)));
  }
}

function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  let id = name;
  for (let n = 2; taken.has(id); n++) id = `${name}~${n}`;
  return id;
}

async function gridSummary(id: string, root: string, folder: string): Promise<GridSummary> {
  const none = { axes: [], columns: [], rows: [], baseline: null, pairing: "" };
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
