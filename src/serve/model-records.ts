/**
 * @module
 * Models in the database. Their weights are in memory: a restart finds only the models that were suspended
 * when the server ended in order.
 */
import type { LoraRequest } from "./served-model.ts";
import type { StateDatabase } from "./state-database.ts";

/** A model with the rank of LoRA that was asked for, and the adapters that it has. */
export interface ModelRecord {
  readonly id: string;
  readonly session: string;
  readonly baseModel: string;
  readonly rank: number;
  readonly lora: LoraRequest | undefined;
  readonly valueHead: boolean;
}

/** A model's position: its next request and its version. */
export interface ModelPlace {
  /** Number of its next request. */
  readonly nextSequence: number;
  /** Number of times that its weights have changed. */
  readonly version: number;
}

export class ModelRecords {
  readonly #database: StateDatabase;

  constructor(database: StateDatabase) {
    this.#database = database;
  }

  /** @throws Refusal when it cannot be written */
  add({ id, session, baseModel, rank, lora, valueHead }: ModelRecord): void {
    this.#database.run(
      "INSERT INTO models (id, session, base_model, rank, lora, value_head) VALUES (?, ?, ?, ?, ?, ?)",
      id,
      session,
      baseModel,
      rank,
      lora === undefined ? null : JSON.stringify(lora),
      valueHead ? 1 : 0,
    );
  }

  end(id: string): void {
    this.#database.note("DELETE FROM models WHERE id = ?", id);
  }

  /**
   * Records that a model was suspended.
   *
   * @throws Refusal when it cannot be written; the model is then not resumed
   */
  suspend(id: string, { nextSequence, version }: ModelPlace): void {
    this.#database.run(
      "UPDATE models SET next_sequence = ?, version = ? WHERE id = ?",
      nextSequence,
      version,
      id,
    );
  }

  /** Suspended models, to be resumed. */
  suspended(): (ModelRecord & ModelPlace)[] {
    const rows = this.#database.rows("SELECT * FROM models WHERE version IS NOT NULL ORDER BY rowid");
    return rows.map((row) => {
      const {
        id,
        session,
        base_model: baseModel,
        rank,
        lora,
        value_head,
        next_sequence: nextSequence,
        version,
      } = row as Omit<ModelRecord, "lora"> &
        ModelPlace & {
          readonly base_model: string;
          readonly lora: string | null;
          readonly value_head: number;
          readonly next_sequence: number;
        };
      return {
        id,
        session,
        baseModel,
        rank,
        lora: lora === null ? undefined : (JSON.parse(lora) as LoraRequest),
        valueHead: value_head === 1,
        nextSequence,
        version,
      };
    });
  }

  /**
   * Records that suspended models which are live again are no longer suspended. Waiting models stay suspended, and all
   * other models are forgotten.
   */
  resumed(live: readonly string[], waiting: readonly string[]): void {
    this.#database.transaction(() => {
      this.#database.run(
        "DELETE FROM models WHERE version IS NULL OR id NOT IN (SELECT value FROM json_each(?))",
        JSON.stringify([...live, ...waiting]),
      );
      this.#database.run(
        "UPDATE models SET next_sequence = NULL, version = NULL WHERE id IN (SELECT value FROM json_each(?))",
        JSON.stringify(live),
      );
    });
  }
}
