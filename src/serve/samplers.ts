/**
 * @module
 * Sampling sessions: which there are and what each samples from.
 */
import { randomUUID } from "node:crypto";
import type { EntryOf, Journal, SamplerSource } from "./journal.ts";
import { Refusal } from "./refusal.ts";
import type { ServedModel } from "./served-model.ts";

/** A sampling session. */
export interface Sampler {
  readonly id: string;
  readonly session: string;
  readonly served: ServedModel;
  readonly source: SamplerSource;
}

type ServedOf = (source: SamplerSource) => ServedModel | undefined;

export class Samplers {
  readonly #journal: Journal;
  readonly #servedOf: ServedOf;
  readonly #byId = new Map<string, Sampler>();
  readonly #byKey = new Map<string, { readonly id: string; readonly digest: string }>();

  constructor(journal: Journal, servedOf: ServedOf) {
    this.#journal = journal;
    this.#servedOf = servedOf;
  }

  /** Takes up a session of before a restart; false when there is nothing to sample from any more. */
  restore({ id, session, source }: EntryOf<"sampler">): boolean {
    const served = this.#servedOf(source);
    if (served !== undefined) this.#byId.set(id, { id, session, served, source });
    return served !== undefined;
  }

  /** The sessions as the journal has them. */
  entries(): EntryOf<"sampler">[] {
    return [...this.#byId.values()].map(({ id, session, source }) => ({
      kind: "sampler",
      id,
      session,
      source,
    }));
  }

  /** Begins a session and gives its id. */
  add(session: string, source: SamplerSource): string {
    const served = this.#servedOf(source);
    if (served === undefined) throw new Refusal("unknown-base-model", "nothing to sample from");
    const id = randomUUID();
    this.#journal.add({ kind: "sampler", id, session, source });
    this.#byId.set(id, { id, session, served, source });
    return id;
  }

  /**
   * The session of a request, which is begun when the request is new.
   *
   * @throws Refusal when the key was used by another request
   */
  begin(session: string, key: string, digest: string, source: () => SamplerSource): string {
    const known = this.#byKey.get(key);
    if (known === undefined) {
      const id = this.add(session, source());
      this.#byKey.set(key, { id, digest });
      return id;
    }
    if (known.digest === digest) return known.id;
    throw new Refusal(
      "sequence-conflict",
      `create_sampling_session: number ${key.split("#").at(-1)} was used before`,
    );
  }

  /** @throws Refusal when there is none */
  find(id: string): Sampler {
    const sampler = this.#byId.get(id);
    if (sampler === undefined) throw new Refusal("unknown-sampling-session", `no sampling session ${id}`);
    return sampler;
  }

  endSession(session: string): void {
    for (const sampler of this.#byId.values()) {
      if (sampler.session === session) this.#byId.delete(sampler.id);
    }
  }
}
