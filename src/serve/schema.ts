/**
 * @module
 * The tables of the server's database, and how a file of them is recognised: `application_id` names Fovea,
 * `user_version` the tables.
 */
import type Sqlite from "libsql";
import { RunError } from "../errors/index.ts";

/** "Fova". */
const APPLICATION = 0x46_6f_76_61;
const VERSION = 1;

/** JSON is stored as text; a key identifies a repeated request, and is null if the request has none. */
const TABLES = `
CREATE TABLE sessions (
  id TEXT PRIMARY KEY
) STRICT;

-- A model's position when the server suspended it at an orderly end: the numbers of its next request and of its weights.
CREATE TABLE models (
  id TEXT PRIMARY KEY,
  session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
  base_model TEXT NOT NULL,
  rank INTEGER NOT NULL,
  lora TEXT,
  value_head INTEGER NOT NULL,
  next_sequence INTEGER,
  version INTEGER
) STRICT;

CREATE TABLE checkpoints (
  path TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  model TEXT NOT NULL,
  base_model TEXT NOT NULL,
  rank INTEGER NOT NULL,
  lora TEXT,
  at TEXT NOT NULL
) STRICT;

CREATE TABLE sampling_sessions (
  id TEXT PRIMARY KEY,
  session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
  key TEXT UNIQUE,
  digest TEXT,
  source TEXT NOT NULL
) STRICT;

-- Operations that have a result, oldest first. They outlive their session, so that a waiting client learns how they ended.
CREATE TABLE futures (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  key TEXT UNIQUE,
  digest TEXT,
  session TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  result TEXT NOT NULL
) STRICT;
`;

const IDENTITY = `
  SELECT application_id AS application, user_version AS version, (SELECT count(*) FROM sqlite_schema) AS tables
  FROM pragma_application_id, pragma_user_version`;

/**
 * Looks whose database it is, and writes nothing.
 *
 * @returns whether it is empty, to be given its tables
 * @throws RunError when it is another program's or another version's
 */
export function isFresh(database: Sqlite.Database, path: string): boolean {
  const [identity] = database.prepare(IDENTITY).all();
  const { application, version, tables } = identity as Readonly<
    Record<"application" | "version" | "tables", number>
  >;
  if (application === 0 && version === 0 && tables === 0) return true;
  if (application !== APPLICATION) {
    throw new RunError(`${path}: expected a database of fovea serve, got one of another program`);
  }
  if (version !== VERSION) {
    throw new RunError(
      `${path}: expected tables of version ${VERSION}, got version ${version}: another version of Fovea made it`,
    );
  }
  return false;
}

/** Gives an empty database its tables, all or none. */
export function createTables(database: Sqlite.Database): void {
  database.exec(
    `BEGIN EXCLUSIVE; ${TABLES} PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${VERSION}; COMMIT`,
  );
}
