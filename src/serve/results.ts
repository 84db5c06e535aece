/**
 * @module
 * Results of operations on the disk, with the keys that identify repeated requests. The newest are kept, up
 * to a number and a size.
 */
import type { StateDatabase } from "./state-database.ts";

/** Results that are kept; beyond, the oldest are forgotten. */
const KEPT = 20_000;
/** Characters of results that are kept. */
const KEPT_BYTES = 2 ** 29;

/** The end of an operation. */
export interface Result {
  readonly id: string;
  /** The key that identifies a repeated request; absent if the request has none. */
  readonly key: string | undefined;
  /** Digest of the request's body. */
  readonly digest: string | undefined;
  readonly session: string;
  /** The answer, JSON. */
  readonly text: string;
}

export class Results {
  readonly #database: StateDatabase;
  readonly #limit: number;
  #count = 0;
  #bytes = 0;

  /** @param limit characters that are kept; 512 Mi unless given */
  constructor(database: StateDatabase, limit: number = KEPT_BYTES) {
    this.#database = database;
    this.#limit = limit;
  }

  /** Forgets results of sessions that have ended. */
  begin(): void {
    this.#database.run("DELETE FROM futures WHERE session NOT IN (SELECT id FROM sessions)");
    const [sums] = this.#database.rows("SELECT count(*) AS count, total(bytes) AS bytes FROM futures");
    const { count, bytes } = sums as Readonly<Record<"count" | "bytes", number>>;
    this.#count = count;
    this.#bytes = bytes;
  }

  /**
   * Writes one; the oldest make room for it.
   *
   * @throws Refusal when the disk is full; all is as before then
   */
  add({ id, key, digest, session, text }: Result): void {
    let count = this.#count + 1;
    let bytes = this.#bytes + text.length;
    this.#database.transaction(() => {
      while (count > KEPT || bytes > this.#limit) {
        const [oldest] = this.#database.rows(
          "DELETE FROM futures WHERE number = (SELECT min(number) FROM futures) RETURNING bytes",
        );
        if (oldest === undefined) break;
        count -= 1;
        bytes -= (oldest as { readonly bytes: number }).bytes;
      }
      this.#database.run(
        "INSERT INTO futures (id, key, digest, session, bytes, result) VALUES (?, ?, ?, ?, ?, ?)",
        id,
        key ?? null,
        digest ?? null,
        session,
        text.length,
        text,
      );
    });
    this.#count = count;
    this.#bytes = bytes;
  }

  /** The answer of an operation; undefined when there is none such. */
  text(id: string): string | undefined {
    const [row] = this.#database.rows("SELECT result FROM futures WHERE id = ?", id);
    return (row as { readonly result: string } | undefined)?.result;
  }

  sessionOf(id: string): string | undefined {
    const [row] = this.#database.rows("SELECT session FROM futures WHERE id = ?", id);
    return (row as { readonly session: string } | undefined)?.session;
  }

  /** The operation that a key was used for. */
  withKey(key: string): { readonly id: string; readonly digest: string | null } | undefined {
    const [row] = this.#database.rows("SELECT id, digest FROM futures WHERE key = ?", key);
    return row as { readonly id: string; readonly digest: string | null } | undefined;
  }
}
