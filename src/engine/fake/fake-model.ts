/**
 * @module
 * The numbers of a fake engine: its policy's table, the reference, the gradient and the optimizer's state.
 */
import type { ImageAblation } from "../../credit/index.ts";
import { EngineError } from "../../errors/index.ts";
import { Rng } from "../../math/index.ts";
import type { Sequence } from "../engine.ts";
import {
  type BigramShape,
  logDistribution,
  parameterCount,
  policySize,
  type State,
} from "./bigram-policy.ts";
import { lastPromptToken, promptKey } from "./prompt-key.ts";

export interface FakeModelOptions {
  readonly vocabSize: number;
  /** Seed of the initial weights, small normal numbers; without one they are all 0, as the value head always is. */
  readonly seed?: number;
  /** Ids that are never sampled. */
  readonly banned?: readonly number[];
  readonly promptRows?: number;
}

const initialPolicies = new Map<string, Float64Array>();

/** Small normal weights of a policy, drawn once for each shape and seed: a test makes many engines alike. */
function initialPolicy(shape: BigramShape, seed: number): Float64Array {
  const key = `${shape.vocabSize} ${shape.promptRows} ${seed}`;
  let weights = initialPolicies.get(key);
  if (weights === undefined) {
    const rng = new Rng(seed);
    weights = new Float64Array(policySize(shape)).map(() => 0.1 * rng.normal());
    initialPolicies.set(key, weights);
  }
  return weights;
}

export class FakeModel {
  readonly shape: BigramShape;
  readonly gradient: Float64Array;
  weights: Float64Array;
  reference: Float64Array;
  /** First moment, second moment, and the number of steps taken. */
  optimizer: Float64Array;
  /** `[V]` 1 at ids that are never sampled. */
  readonly banned: Uint8Array;

  constructor({ vocabSize, seed, banned = [], promptRows = 16 }: FakeModelOptions) {
    this.shape = { vocabSize, promptRows };
    const size = parameterCount(this.shape);
    this.banned = new Uint8Array(vocabSize);
    for (const id of banned) this.banned[id] = 1;
    this.weights = new Float64Array(size);
    if (seed !== undefined) this.weights.set(initialPolicy(this.shape, seed));
    this.reference = this.weights.slice();
    this.optimizer = new Float64Array(2 * size + 1);
    this.gradient = new Float64Array(size);
  }

  /** The state before token t of a completion. */
  stateOf({ prompt, completion }: Sequence, t: number, image?: ImageAblation): State {
    const previous = t === 0 ? lastPromptToken(prompt) : completion[t - 1]!;
    const { vocabSize, promptRows } = this.shape;
    // Rows of the prompt table follow the rows of the vocabulary; beyond both there are no numbers.
    if (!(previous >= 0 && previous < vocabSize + promptRows)) {
      throw new EngineError(`fake engine: expected ids below vocabSize ${vocabSize}, got ${previous}`);
    }
    return {
      previous,
      promptRow: promptKey(prompt, image) % this.shape.promptRows,
    };
  }

  /** `[V]` log-probs of the next token by a table of weights. */
  logs(table: Float64Array, state: State, temperature: number): Float64Array {
    return logDistribution(table, this.shape, state, temperature, this.banned);
  }
}
