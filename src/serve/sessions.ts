/**
 * @module
 * Sessions of clients: which there are, and when each was last heard of. With a session go its models and its sampling
 * sessions.
 */
import { randomUUID } from "node:crypto";
import { Refusal } from "./refusal.ts";
import type { StateDatabase } from "./state-database.ts";

export class Sessions {
  readonly #database: StateDatabase;
  readonly #lastSeen = new Map<string, number>();

  constructor(database: StateDatabase) {
    this.#database = database;
  }

  /** Resumes sessions from before a restart. */
  resume(): void {
    for (const row of this.#database.rows("SELECT id FROM sessions")) {
      this.#lastSeen.set((row as { readonly id: string }).id, Date.now());
    }
  }

  /** Begins one and gives its id. */
  begin(): string {
    const id = randomUUID();
    this.#database.run("INSERT INTO sessions (id) VALUES (?)", id);
    this.#lastSeen.set(id, Date.now());
    return id;
  }

  has(id: string): boolean {
    return this.#lastSeen.has(id);
  }

  /**
   * Notes a sign of life.
   *
   * @throws Refusal when there is no such session
   */
  seen(id: string): void {
    if (!this.has(id)) {
      throw new Refusal("unknown-session", `no session ${id}: it ended, or the server was restarted`);
    }
    this.#lastSeen.set(id, Date.now());
  }

  /** Those without a sign of life for so many milliseconds. */
  silent(limit: number): string[] {
    return [...this.#lastSeen].flatMap(([id, lastSeen]) => (Date.now() - lastSeen < limit ? [] : [id]));
  }

  end(id: string): void {
    this.#lastSeen.delete(id);
    this.#database.note("DELETE FROM sessions WHERE id = ?", id);
  }
}
