/**
 * @module
 * Sampling sessions, and the weights from which each samples.
 */
import { randomUUID } from "node:crypto";
import { Refusal } from "./refusal.ts";
import type { LoraRequest, ServedModel } from "./served-model.ts";
import type { StateDatabase } from "./state-database.ts";

/** The weights from which a sampling session samples. */
export type SamplerSource =
  | { readonly kind: "base"; readonly baseModel: string }
  | { readonly kind: "checkpoint"; readonly baseModel: string; readonly path: string }
  /** Weights of a model as they were after so many steps. */
  | {
      readonly kind: "model";
      readonly baseModel: string;
      readonly model: string;
      readonly version: number;
      readonly lora?: LoraRequest | undefined;
    };

/** A sampling session. */
export interface Sampler {
  readonly id: string;
  readonly session: string;
  readonly served: ServedModel;
  readonly source: SamplerSource;
}

type ServedOf = (source: SamplerSource) => ServedModel | undefined;

export class Samplers {
  readonly #database: StateDatabase;
  readonly #servedOf: ServedOf;

  constructor(database: StateDatabase, servedOf: ServedOf) {
    this.#database = database;
    this.#servedOf = servedOf;
  }

  /** The sources of all present sessions. */
  sources(): SamplerSource[] {
    const rows = this.#database.rows("SELECT source FROM sampling_sessions");
    return rows.map((row) => JSON.parse((row as { readonly source: string }).source) as SamplerSource);
  }

  /**
   * Begins a session and gives its id.
   *
   * @param request what makes a request for it the same request
   * @throws Refusal when it cannot be written
   */
  add(
    session: string,
    source: SamplerSource,
    request?: { readonly key: string; readonly digest: string },
  ): string {
    if (this.#servedOf(source) === undefined) {
      throw new Refusal("unknown-base-model", "nothing to sample from");
    }
    const id = randomUUID();
    this.#database.run(
      "INSERT INTO sampling_sessions (id, session, key, digest, source) VALUES (?, ?, ?, ?, ?)",
      id,
      session,
      request?.key ?? null,
      request?.digest ?? null,
      JSON.stringify(source),
    );
    return id;
  }

  /**
   * The session of a request, which is begun when the request is new.
   *
   * @throws Refusal when the key was used by another request
   */
  begin(session: string, key: string, digest: string, source: () => SamplerSource): string {
    const [row] = this.#database.rows("SELECT id, digest FROM sampling_sessions WHERE key = ?", key);
    if (row === undefined) return this.add(session, source(), { key, digest });
    const known = row as { readonly id: string; readonly digest: string };
    if (known.digest === digest) return known.id;
    throw new Refusal(
      "sequence-conflict",
      `create_sampling_session: number ${key.split("#").at(-1)} was used before`,
    );
  }

  /** @throws Refusal when there is none */
  find(id: string): Sampler {
    const [row] = this.#database.rows("SELECT session, source FROM sampling_sessions WHERE id = ?", id);
    if (row !== undefined) {
      const { session, source: text } = row as { readonly session: string; readonly source: string };
      const source = JSON.parse(text) as SamplerSource;
      const served = this.#servedOf(source);
      if (served !== undefined) return { id, session, served, source };
    }
    throw new Refusal("unknown-sampling-session", `no sampling session ${id}`);
  }
}
