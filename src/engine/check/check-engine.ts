/**
 * @module
 * A check of an engine whose sampler is another program than its trainer. It samples on text and on a
 * picture, and compares the sampler's log-probs with the trainer's. It takes a step and compares again, on the same
 * picture and on a new picture. At the end it loads the weights with which it began.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError } from "../../errors/index.ts";
import type { Capability } from "../capabilities.ts";
import type { Completion, Engine, Prompt, Sequence, ServerDescription } from "../engine.ts";
import { type Cause, type CheckRow, likelyCause, type Moment, type Shown } from "./cause.ts";
import { mismatch } from "./mismatch.ts";

/**
 * The prompts of the check: the same question without a picture and with two different pictures; a text model has no
 * pictures.
 */
export interface CheckPrompts {
  readonly text: Prompt;
  readonly pictures?: readonly [seen: Prompt, fresh: Prompt] | undefined;
}

export interface CheckOptions {
  readonly prompts: CheckPrompts;
  /** Ids that end a completion. */
  readonly stopTokens?: readonly number[];
  /** Completions of each prompt; 4 unless given. */
  readonly groupSize?: number;
  /** Tokens of each; 16 unless given. */
  readonly maxCompletionTokens?: number;
  /** Largest mean |Δ log-prob| that is no fault, nats; 0.1 unless given. In single precision 1e-4 is usual, in bfloat16 0.01. */
  readonly threshold?: number;
  readonly seed?: number;
}

/** The result of a check. */
export interface EngineCheck {
  readonly server: ServerDescription | undefined;
  readonly capabilities: readonly Capability[];
  readonly threshold: number;
  readonly rows: readonly CheckRow[];
  /** Mean |Δ log-prob| of the trainer by the check's own steps, nats; undefined where it was not worth taking any. */
  readonly moved?: number | undefined;
  /** The likely cause; undefined if sampler and trainer agree. */
  readonly cause?: Cause | undefined;
}

/** Rates of the steps, one after another until the trainer has moved. */
const RATES = [1e-3, 3e-3, 1e-2, 3e-2, 0.1];
/** How far beyond the threshold it must move, so that old weights are seen to be that. */
const MOVED_ENOUGH = 5;

/** Names of prompts with the prompt. */
type Asked = readonly (readonly [shown: Shown, prompt: Prompt])[];
/** Completions of one prompt. */
interface Sampled {
  readonly shown: Shown;
  readonly prompt: Prompt;
  readonly group: readonly Completion[];
}

const sequencesOf = (sampled: readonly Sampled[]): Sequence[] =>
  sampled.flatMap(({ prompt, group }) => group.map(({ tokens }) => ({ prompt, completion: tokens })));

class Check {
  readonly #engine: Engine;
  readonly #options: CheckOptions;
  readonly #rows: CheckRow[] = [];

  constructor(engine: Engine, options: CheckOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  get rows(): readonly CheckRow[] {
    return this.#rows;
  }

  /** Samples, scores, and notes how far the two are apart. */
  async compare(moment: Moment, asked: Asked): Promise<{ sampled: Sampled[]; trainer: Float64Array[] }> {
    const { stopTokens = [], groupSize = 4, maxCompletionTokens = 16, seed = 0 } = this.#options;
    const groups = await this.#engine.sample({
      prompts: asked.map(([, prompt]) => prompt),
      groupSize,
      maxCompletionTokens,
      temperature: 1,
      topP: 1,
      topK: 0,
      stopTokens,
      seed: moment === "before" ? seed : seed + 1,
    });
    const sampled = asked.map(([shown, prompt], i) => ({ shown, prompt, group: groups[i]! }));
    const trainer = await this.score(sampled);
    let next = 0;
    for (const { shown, group } of sampled) {
      const own = trainer.slice(next, next + group.length);
      next += group.length;
      this.#rows.push({
        moment,
        shown,
        ...mismatch(
          group.map(({ logprobs }) => logprobs),
          own,
        ),
      });
    }
    return { sampled, trainer };
  }

  async score(sampled: readonly Sampled[]): Promise<Float64Array[]> {
    const scores = await this.#engine.score(sequencesOf(sampled));
    return scores.map(({ logprobs }) => logprobs);
  }

  /** Takes steps until the trainer's own log-probs have moved; how far, in nats. */
  async move(sampled: readonly Sampled[], trainer: readonly Float64Array[], enough: number): Promise<number> {
    const sequences = sequencesOf(sampled);
    // Both signs, as advantages have them.
    const coefficients = sequences.map(({ completion }, i) =>
      Float64Array.from(completion, (_, t) => ((i + t) % 2 === 0 ? 1 : -0.5)),
    );
    let moved = 0;
    for (const learningRate of RATES) {
      await this.#engine.accumulate(sequences, coefficients);
      await this.#engine.step({
        learningRate,
        beta1: 0.9,
        beta2: 0.95,
        epsilon: 1e-8,
        weightDecay: 0,
        maxGradientNorm: 0,
      });
      moved = mismatch(trainer, await this.score(sampled)).mean;
      if (moved > enough) break;
    }
    return moved;
  }
}

/**
 * Checks an engine. Its weights and its optimiser are afterwards as they were.
 *
 * @throws EngineError when the engine cannot be asked; what it finds is in the result
 */
export async function checkEngine(engine: Engine, options: CheckOptions): Promise<EngineCheck> {
  const { threshold = 0.1 } = options;
  const { text, pictures } = options.prompts;
  const check = new Check(engine, options);
  const found = (moved?: number): EngineCheck => ({
    server: engine.server,
    capabilities: [...engine.capabilities].sort(),
    threshold,
    rows: check.rows,
    moved,
    cause: likelyCause(check.rows, moved, threshold),
  });
  const seen: Asked = [["text", text], ...(pictures ? [["picture", pictures[0]] as const] : [])];
  const { sampled, trainer } = await check.compare("before", seen);
  const early = found();
  if (early.cause !== undefined) return early;
  const start = mkdtempSync(join(tmpdir(), "fovea-check-"));
  try {
    await engine.save(start);
    try {
      const moved = await check.move(sampled, trainer, MOVED_ENOUGH * threshold);
      await check.compare("after", pictures ? [...seen, ["new-picture", pictures[1]]] : seen);
      return found(moved);
    } finally {
      await engine.load(start);
    }
  } finally {
    rmSync(start, { recursive: true, force: true });
  }
}

/**
 * Checks an engine and fails when something is wrong.
 *
 * @throws EngineError naming the server, the numbers and the likely cause
 */
export async function requireSoundEngine(engine: Engine, options: CheckOptions): Promise<EngineCheck> {
  const check = await checkEngine(engine, options);
  if (check.cause === undefined) return check;
  const numbers = check.rows.map(({ moment, shown, mean }) => `${shown} ${moment} ${mean.toPrecision(2)}`);
  throw new EngineError(
    `engine check: ${check.server?.url ?? "the engine"}: ${check.cause.kind}: ${check.cause.message} ` +
      `(mean |Δ log-prob| in nats, at most ${check.threshold} expected: ${numbers.join(", ")}); engine.check: false trains all the same`,
  );
}
