/**
 * @module
 * The loss of demonstrations under the present weights.
 */
import type { DemonstrationSource } from "../../data/index.ts";
import type { Engine, Sequence } from "../../engine/index.ts";
import type { Dialogue } from "../../eval/index.ts";
import { demonstrated, type HeldOut, heldOut } from "./batches.ts";

/** Sequences of a forward pass that measures a loss. */
const MEASURED = 32;

/** Mean negative log-prob of a token, nats; 0 without tokens. */
export async function meanLoss(engine: Engine, sequences: readonly Sequence[]): Promise<number> {
  let nats = 0;
  let tokens = 0;
  for (let start = 0; start < sequences.length; start += MEASURED) {
    for (const { logprobs } of await engine.score(sequences.slice(start, start + MEASURED))) {
      nats -= logprobs.reduce((a, b) => a + b, 0);
      tokens += logprobs.length;
    }
  }
  return tokens === 0 ? 0 : nats / tokens;
}

/** The held-out and the training demonstrations of each lesson. */
export class LessonParts {
  readonly #share: number;
  readonly #seed: number;
  readonly #parted = new Map<DemonstrationSource, HeldOut>();
  readonly #validation = new Map<DemonstrationSource, Promise<Sequence[]>>();

  /** @param share of demonstrations to hold out */
  constructor(share: number, seed: number) {
    this.#share = share;
    this.#seed = seed;
  }

  of(source: DemonstrationSource): HeldOut {
    const found = this.#parted.get(source) ?? heldOut(source, this.#share, this.#seed);
    this.#parted.set(source, found);
    return found;
  }

  /** The loss of a lesson's held-out demonstrations that can be read. */
  async validationLoss(engine: Engine, dialogue: Dialogue, source: DemonstrationSource): Promise<number> {
    const held = this.#validation.get(source) ?? this.#sequences(dialogue, source);
    this.#validation.set(source, held);
    return meanLoss(engine, await held);
  }

  async #sequences(dialogue: Dialogue, source: DemonstrationSource): Promise<Sequence[]> {
    const all = this.of(source).validation.map((index) => demonstrated(dialogue, source, index));
    return (await Promise.all(all)).flatMap((own) => ("isBroken" in own ? [] : own));
  }
}
