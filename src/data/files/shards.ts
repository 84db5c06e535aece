/**
 * @module
 * Files that are parts of one table by their names, as the datasets library writes them: test-00000-of-00003.parquet.
 */
import { basename, dirname } from "node:path";
import { DataError } from "../../errors/index.ts";

/** The table, the number of the part, of how many, the hash that some releases add, and the ending. */
const SHARD = /^(.+)-(\d{5})-of-(\d{5})(?:-[0-9a-f]{16})?(\.[^.]+)$/;

/** The parts of one table. */
interface Shards {
  readonly directory: string;
  /** The name with a star for the numbers, for messages. */
  readonly table: string;
  readonly parts: { readonly name: string; readonly number: number; readonly count: number }[];
}

function shardsOf(paths: readonly string[]): Shards[] {
  const tables = new Map<string, Shards>();
  for (const path of paths) {
    const [directory, name] = [dirname(path), basename(path)];
    const [, stem, number, count, ending] = SHARD.exec(name) ?? [];
    if (stem === undefined) continue;
    const table = `${stem}-*${ending}`;
    const shards = tables.get(`${directory}/${table}`) ?? { directory, table, parts: [] };
    tables.set(`${directory}/${table}`, shards);
    shards.parts.push({ name, number: Number(number), count: Number(count) });
  }
  return [...tables.values()];
}

/** Refuses parts of several releases of a table, whose rows would be read twice. */
function requireOneRelease({ directory, table, parts }: Shards): void {
  const counts = [...new Set(parts.map(({ count }) => count))].sort((a, b) => a - b);
  const shown = parts.map(({ name }) => name).slice(0, 8);
  const got = `${shown.join(", ")}${parts.length > shown.length ? ", …" : ""}`;
  if (counts.length > 1) {
    throw new DataError(
      `${directory}: ${table}: expected the parts of one release, got parts of ${counts.join(" and of ")}: ${got}; remove one release`,
    );
  }
  if (new Set(parts.map(({ number }) => number)).size < parts.length)
    throw new DataError(`${directory}: ${table}: expected each part once, got ${got}`);
}

function requireAllParts({ directory, table, parts }: Shards): void {
  const count = parts[0]?.count ?? 0;
  const numbers = new Set(parts.map(({ number }) => number));
  const missing = Array.from({ length: count }, (_, number) => number).filter(
    (number) => !numbers.has(number),
  );
  if (missing.length === 0) return;
  const shown = missing.slice(0, 8).map((number) => String(number).padStart(5, "0"));
  throw new DataError(
    `${directory}: ${table}: expected all ${count} parts, got ${numbers.size}: lacks ${shown.join(", ")}${missing.length > shown.length ? ", …" : ""}`,
  );
}

/**
 * Refuses files with rows that would be read twice; a part of a table's files is accepted.
 *
 * @throws DataError that names the table and its files
 */
export function requireSingleShards(paths: readonly string[]): void {
  for (const shards of shardsOf(paths)) requireOneRelease(shards);
}

/**
 * Refuses files that are not all the parts of their tables, or of which some would be read twice.
 *
 * @throws DataError that names the table and what is missing
 */
export function requireWholeShards(paths: readonly string[]): void {
  for (const shards of shardsOf(paths)) {
    requireOneRelease(shards);
    requireAllParts(shards);
  }
}
