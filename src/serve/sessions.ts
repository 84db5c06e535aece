/**
 * @module
 * Sessions of clients: which there are, and when each was last heard of. With a session go its models and its sampling
 * sessions.
 */
import { randomUUID } from "node:crypto";
import { Refusal } from "./refusal.ts";
import type { StateDatabase } from "./state-database.ts";

interface Session {
  /** Milliseconds of the clock that nobody sets: a wall clock that is set ends no session. */
  seen: number;
  /** Aborted when it ends, with the reason. */
  readonly ending: AbortController;
}

export class Sessions {
  readonly #database: StateDatabase;
  readonly #live = new Map<string, Session>();

  constructor(database: StateDatabase) {
    this.#database = database;
  }

  /** Resumes sessions from before a restart. */
  resume(): void {
    for (const row of this.#database.rows("SELECT id FROM sessions")) {
      this.#begin((row as { readonly id: string }).id);
    }
  }

  #begin(id: string): void {
    this.#live.set(id, { seen: performance.now(), ending: new AbortController() });
  }

  /** Begins one and gives its id. */
  begin(): string {
    const id = randomUUID();
    this.#database.run("INSERT INTO sessions (id) VALUES (?)", id);
    this.#begin(id);
    return id;
  }

  has(id: string): boolean {
    return this.#live.has(id);
  }

  /** Aborted with the reason when the session ends; undefined where there is no such session. */
  signal(id: string): AbortSignal | undefined {
    return this.#live.get(id)?.ending.signal;
  }

  /**
   * Notes a sign of life.
   *
   * @throws Refusal when there is no such session
   */
  seen(id: string): void {
    const session = this.#live.get(id);
    if (session === undefined) {
      throw new Refusal("unknown-session", `no session ${id}: it ended, or the server was restarted`);
    }
    session.seen = performance.now();
  }

  /** Those without a sign of life for so many milliseconds. */
  silent(limit: number): string[] {
    const now = performance.now();
    return [...this.#live].flatMap(([id, { seen }]) => (now - seen < limit ? [] : [id]));
  }

  /** Ends one; nobody wants what is under way in it. */
  end(id: string, reason: Refusal): void {
    this.#live.get(id)?.ending.abort(reason);
    this.#live.delete(id);
    this.#database.note("DELETE FROM sessions WHERE id = ?", id);
  }
}
