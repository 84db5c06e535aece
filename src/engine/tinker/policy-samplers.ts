/**
 * @module
 * Sampling sessions of the policy: of its present weights, and of earlier weights that stay unchanged while
 * training continues.
 *
 * By the protocol these are the same. On SkyRL's JAX backend they are not: a sampling session there is the adapter in
 * training. A session of older weights that was used before answers with newer weights. A session that was not used
 * before puts the older weights in the trained adapter's place, which undoes the training. So on that backend weights
 * that must stay unchanged get a separate model, which is used again once nobody samples from it. Source:
 * `load_sampler_weights` of skyrl/backends/jax.py, SkyRL 0.3.0; seen in `fixtures/skyrl-jax`.
 */
import type { InPlace, TinkerSession } from "./session.ts";

/** Weights that stay, until they are let go. */
export interface HeldWeights {
  /** Their sampling session. */
  readonly sampler: string;
  readonly release: () => void;
}

/** A model of its own with weights that stay. */
interface KeptModel {
  readonly inPlace: InPlace;
  readonly end: () => Promise<void>;
  readonly sampler: string;
  holders: number;
}

export class PolicySamplers {
  readonly #session: TinkerSession;
  #present: string | undefined;
  #kept: KeptModel[] = [];
  /** The one with the present weights. */
  #newest: KeptModel | undefined;

  constructor(session: TinkerSession) {
    this.#session = session;
  }

  /** The policy has other weights now. */
  moved(): void {
    this.#present = undefined;
    this.#newest = undefined;
  }

  /** The session's models are gone. */
  forget(): void {
    this.moved();
    this.#kept = [];
  }

  /** The sampling session of the present weights, begun where there is none; the policy must not move while it is used. */
  async present(): Promise<string> {
    this.#present ??= await this.#session.samplerOfPresent();
    return this.#present;
  }

  /** A sampling session that keeps the present weights, where sampling sessions do. */
  async hold(): Promise<HeldWeights> {
    return { sampler: await this.present(), release: () => {} };
  }

  /**
   * A sampling session that keeps the present weights in a model of its own.
   *
   * @param save saves the policy's training state at the server and returns its path
   */
  async holdInModel(baseModel: string, save: () => Promise<string>): Promise<HeldWeights> {
    this.#newest ??= await this.#keep(baseModel, await save());
    const own = this.#newest;
    own.holders += 1;
    let isHeld = true;
    const release = () => {
      if (isHeld) own.holders -= 1;
      isHeld = false;
    };
    return { sampler: own.sampler, release };
  }

  async #keep(baseModel: string, path: string): Promise<KeptModel> {
    const free = this.#kept.find(({ holders }) => holders === 0);
    this.#kept = this.#kept.filter((own) => own !== free);
    // Where a model loads weights once only, a used one is no use.
    const isSpent = free !== undefined && this.#session.loadsFirst;
    if (isSpent) await free.end();
    const { inPlace, end } = free && !isSpent ? free : await this.#session.beside(baseModel);
    await inPlace(() => this.#session.mutate("load_weights", { path, optimizer: false }));
    const sampler = await inPlace(() => this.#session.samplerOfPresent());
    const kept = { inPlace, end, sampler, holders: 0 };
    this.#kept.push(kept);
    return kept;
  }
}
