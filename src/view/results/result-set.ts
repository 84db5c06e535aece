/**
 * @module
 * Measurements of runs: the tables of grids (`comparison.json`) and the files of answers (`answers.jsonl`) below the
 * directories that the viewer was given.
 */
import { readFile, stat } from "node:fs/promises";
import { RunError } from "../../errors/index.ts";
import type { AnswersSummary, GridSummary, Listed } from "../protocol.ts";
import { containedPath } from "../runs/contained-path.ts";
import { parseObject } from "../runs/json-fields.ts";
import { newestOf } from "../runs/newest.ts";
import { ANSWERS, type Place, type Places, TABLE } from "../runs/places.ts";
import { Recent } from "../runs/recent.ts";
import { AnswerFile } from "./answer-file.ts";
import type { AnswerIndex } from "./answer-index.ts";
import { gridTable } from "./grid-table.ts";

/** Files of answers, and tables, in a list. */
const MOST = 1000;
/** Files of answers whose index is kept: a page shows two. */
const MOST_INDEXES = 4;
const MOST_TABLE_BYTES = 32 << 20;

/** Finds results, and keeps what was read of them. */
export class ResultSet {
  readonly #places: Places;
  readonly #most: number;
  /** Files of answers that were asked for, by id. */
  readonly #files = new Map<string, AnswerFile>();
  readonly #indexes: Recent<object, AnswerIndex>;

  /** @param most things in a list */
  constructor(places: Places, most = MOST, indexes = new Recent<object, AnswerIndex>(MOST_INDEXES)) {
    this.#places = places;
    this.#most = most;
    this.#indexes = indexes;
  }

  async #answers(): Promise<ReadonlyMap<string, Place>> {
    const { answers } = await this.#places.look();
    for (const [id, file] of this.#files) {
      if (answers.has(id)) continue;
      this.#files.delete(id);
      this.#indexes.delete(file);
    }
    return answers;
  }

  /** The file of a place; undefined where it is gone, or leads out of its directory. */
  async #opened({ id, base, inside }: Place): Promise<AnswerFile | undefined> {
    const path = await containedPath(base, ...inside, ANSWERS).catch(() => undefined);
    if (path === undefined) return undefined;
    const known = this.#files.get(id);
    const file = known?.path === path ? known : new AnswerFile(path, undefined, this.#indexes);
    this.#files.set(id, file);
    return file;
  }

  /**
   * The newest files of answers.
   *
   * @param named ids of files that are in the list however old they are
   */
  async answers(named: readonly string[] = []): Promise<Listed<AnswersSummary>> {
    const all = [...(await this.#answers()).values()];
    const { items, older } = await newestOf(all, this.#most, new Set(named));
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
    const found = (await this.#answers()).get(id);
    const file = found && (await this.#opened(found));
    if (file === undefined) {
      throw new RunError(`answers "${id}": not found in the directories of this viewer`);
    }
    return file;
  }

  /** The newest tables of grids; what is wrong with one is a text. */
  async grids(): Promise<Listed<GridSummary>> {
    const { tables } = await this.#places.look();
    const { items, older } = await newestOf([...tables.values()], this.#most);
    return { items: await Promise.all(items.map((place) => gridSummary(place))), older };
  }
}

async function gridSummary({ id, base, inside, folder }: Place): Promise<GridSummary> {
  const none = { axes: [], columns: [], rows: [], baseline: null, notes: [] };
  try {
    const path = await containedPath(base, ...inside, TABLE);
    if (path === undefined) throw new RunError(`${TABLE} is being deleted`);
    if ((await stat(path)).size > MOST_TABLE_BYTES) throw new RunError(`${TABLE} is too long to be one`);
    const table = gridTable(parseObject(await readFile(path, "utf8")));
    if (table === undefined) throw new RunError(`${TABLE}: expected a table of version 1, got another`);
    const prefix = folder === "" ? "" : `${folder}/`;
    const rows = table.rows.map((row) => ({ ...row, runs: row.runs.map((run) => prefix + run) }));
    return { id, problem: null, ...table, rows };
  } catch (error) {
    return { id, problem: error instanceof Error ? error.message : String(error), ...none };
  }
}
