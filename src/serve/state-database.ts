/**
 * @module
 * The server's memory: one SQLite file in the state directory, which one server at a time has open. Written
 * rows are on the disk when the call returns, and whole after a crash.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type Sqlite from "libsql";
import { RunError } from "../errors/index.ts";
import { Refusal } from "./refusal.ts";
import { createTables, isFresh } from "./schema.ts";

const FILE = "serve.sqlite";
const PAGE_BYTES = 4096;
/** The log of writes is cut back to this when it has been larger, bytes. */
const LOG_BYTES = 2 ** 26;

type Value = string | number | null;

/** SQLite's name of an error; undefined for errors that are not its own. */
function sqliteCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { readonly code?: unknown }).code : undefined;
  return typeof code === "string" && code.includes("SQLITE") ? code : undefined;
}

/** Lets go of a file that is held, and closes it. */
function release(database: Sqlite.Database, { isOurs }: { readonly isOurs: boolean }): void {
  try {
    if (database.inTransaction) database.exec("ROLLBACK");
    // Without the rest the lock would stay until the last statement is collected as garbage.
    if (isOurs) database.exec("PRAGMA journal_mode = DELETE");
    database.exec("PRAGMA locking_mode = NORMAL; SELECT count(*) FROM sqlite_schema");
  } catch (error) {
    // A full disk or a damaged file: all that was written is in the log, and the lock ends with the process.
    if (sqliteCode(error) === undefined) throw error;
  }
  database.close();
}

/** An open database. */
export class StateDatabase {
  readonly path: string;
  readonly #database: Sqlite.Database;
  readonly #statements = new Map<string, Sqlite.Statement<Value[]>>();
  #isClosed = false;

  /** @param database with its tables, and held */
  constructor(path: string, database: Sqlite.Database) {
    this.path = path;
    this.#database = database;
  }

  #guarded<T>(work: () => T): T {
    if (this.#isClosed) throw new Refusal("restarting", "the server is ending");
    try {
      return work();
    } catch (error) {
      const code = sqliteCode(error);
      if (code === undefined) throw error;
      if (code === "SQLITE_FULL") throw new Refusal("storage", "no space left on the server's disk");
      throw new Refusal("storage", `${this.path}: ${(error as Error).message}`);
    }
  }

  #statement(sql: string): Sqlite.Statement<Value[]> {
    const known = this.#statements.get(sql) ?? this.#database.prepare<Value[]>(sql);
    this.#statements.set(sql, known);
    return known;
  }

  /**
   * The rows of a query.
   *
   * @throws Refusal when the file cannot be read
   */
  rows(sql: string, ...values: Value[]): unknown[] {
    return this.#guarded(() => this.#statement(sql).all(...values));
  }

  /**
   * Writes.
   *
   * @throws Refusal when the disk is full or the file cannot be written; nothing is written then
   */
  run(sql: string, ...values: Value[]): void {
    this.#guarded(() => this.#statement(sql).run(...values));
  }

  /** Writes what does no harm when it is lost. */
  note(sql: string, ...values: Value[]): void {
    try {
      this.run(sql, ...values);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  /**
   * Does all of some work or nothing of it.
   *
   * @throws Refusal when it cannot be written
   */
  transaction<T>(work: () => T): T {
    return this.#guarded(() => {
      this.#database.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        this.#database.exec("COMMIT");
        return result;
      } catch (error) {
        // A full disk has ended it already.
        if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#statements.clear();
    release(this.#database, { isOurs: true });
  }
}

interface Holding {
  readonly path: string;
  /** Whether it has no tables yet. */
  readonly isNew: boolean;
  readonly maxBytes: number | undefined;
}

/** Takes a file for this server alone, and looks whether it is whole. */
function hold(database: Sqlite.Database, { path, isNew, maxBytes }: Holding): void {
  database.exec("PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL");
  database.exec(`PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${LOG_BYTES}`);
  if (maxBytes !== undefined) {
    database.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / PAGE_BYTES)}`);
  }
  if (isNew) createTables(database);
  else database.exec("BEGIN EXCLUSIVE; COMMIT");
  const [answer] = database.prepare("SELECT integrity_check AS said FROM pragma_integrity_check(1)").all();
  const { said } = answer as { readonly said: string };
  if (said !== "ok") throw new RunError(`${path}: ${DAMAGED}: ${said}`);
}

const DAMAGED = "damaged; where it is moved away, a new one is begun";

function openingError(path: string, cause: unknown): RunError {
  if (cause instanceof RunError) return cause;
  const words: Readonly<Record<string, string>> = {
    SQLITE_BUSY: "another server has it open",
    SQLITE_NOTADB: "expected a database of fovea serve, got another kind of file",
    SQLITE_CORRUPT: DAMAGED,
    SQLITE_FULL: "no space left on the disk",
  };
  const said =
    words[sqliteCode(cause) ?? ""] ?? `cannot be opened: ${(cause as Error).message.split("\n")[0]}`;
  return new RunError(`${path}: ${said}`, { cause });
}

/**
 * Opens the database of a state directory, which is made where there is none.
 *
 * @param maxBytes largest size of the file; that of the disk unless given
 * @throws RunError when the directory cannot be made, another server has the file open, it is damaged, or it is another
 *   program's or another version's and stays as it is
 */
export async function openStateDatabase(directory: string, maxBytes?: number): Promise<StateDatabase> {
  const path = join(directory, FILE);
  let database: Sqlite.Database | undefined;
  let isOurs = false;
  try {
    mkdirSync(directory, { recursive: true });
    // Not before it is needed: there are programs of it for the usual machines, not for all.
    const { default: Library } = await import("libsql");
    database = new Library(path);
    // Before anything is read, so that SQLite needs no second file for memory that servers would share.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    const isNew = isFresh(database, path);
    isOurs = true;
    hold(database, { path, isNew, maxBytes });
    return new StateDatabase(path, database);
  } catch (cause) {
    if (database !== undefined) release(database, { isOurs });
    throw openingError(path, cause);
  }
}
