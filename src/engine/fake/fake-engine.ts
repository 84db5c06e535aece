/**
 * @module
 * An engine for tests: a bigram policy in this process, with exact gradients, AdamW and the whole contract, so that
 * the loop can be tested in milliseconds. Its attention signals are made up, but the same from sampling and scoring.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EngineError, ShapeError } from "../../errors/index.ts";
import { Rng } from "../../math/index.ts";
import type { Capability } from "../capabilities.ts";
import type { AttentionRow, AttentionSignals, Engine, Prompt, Sequence } from "../engine.ts";
import { adamStep } from "./adam-step.ts";
import { addGradient, type BigramShape, logDistribution, parameterCount } from "./bigram-policy.ts";
import { drawToken, entropyOf, likeliest } from "./draw-token.ts";

export interface FakeEngineOptions {
  readonly vocabSize: number;
  /** Seed of the initial weights, small normal numbers; without one they are all 0. */
  readonly seed?: number;
  /** Ids that are never sampled. */
  readonly banned?: readonly number[];
  readonly promptRows?: number;
  readonly capabilities?: readonly Capability[];
}

const POLICY_FILE = "fake-policy.bin";
const OPTIMIZER_FILE = "fake-optimizer.bin";

/** A number in [0, 1) that depends on the integers alone. */
function scatter(...values: readonly number[]): number {
  let h = 0x811c9dc5;
  for (const value of values) h = Math.imul(h ^ value, 0x01000193) >>> 0;
  return ((h ^ (h >>> 15)) >>> 8) / 2 ** 24;
}

const hashes = new WeakMap<Prompt, number>();

function promptHash(prompt: Prompt): number {
  const known = hashes.get(prompt);
  if (known !== undefined) return known;
  let h = 0x811c9dc5;
  for (const chunk of prompt.chunks) {
    for (const value of chunk.kind === "text" ? chunk.tokens : chunk.image.data) {
      h = Math.imul(h ^ value, 0x01000193) >>> 0;
    }
  }
  hashes.set(prompt, h >>> 4);
  return h >>> 4;
}

function lastPromptToken(prompt: Prompt): number {
  const last = prompt.chunks.findLast((chunk) => chunk.kind === "text");
  return (last?.kind === "text" ? last.tokens.at(-1) : undefined) ?? 0;
}

function madeUpSignals(prompt: Prompt, tokens: Int32Array, row: AttentionRow): AttentionSignals {
  const hash = promptHash(prompt);
  const rowToken = (t: number) =>
    row === "own" ? tokens[t]! : t === 0 ? lastPromptToken(prompt) : tokens[t - 1]!;
  const at = (t: number, salt: number) => scatter(hash, rowToken(t), salt);
  const visualMass = Float64Array.from(tokens, (_, t) => 0.05 + 0.9 * at(t, 1));
  return {
    visualMass,
    textMass: visualMass.map((mass) => 1 - mass),
    visualShift: Float64Array.from(tokens, (_, t) => (t === 0 ? 0 : at(t, 2))),
    textShift: Float64Array.from(tokens, (_, t) => (t === 0 ? 0 : at(t, 3))),
  };
}

function floats(bytes: Buffer, expected: number, where: string): Float64Array {
  if (bytes.byteLength !== expected * 8) {
    throw new EngineError(`${where}: expected ${expected * 8} bytes, got ${bytes.byteLength}`);
  }
  const copy = new Float64Array(expected);
  new Uint8Array(copy.buffer).set(bytes);
  return copy;
}

const asBytes = (values: Float64Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Makes a fake engine; spread its result to override single methods in a test. */
export function createFakeEngine(options: FakeEngineOptions): Engine {
  const shape: BigramShape = { vocabSize: options.vocabSize, promptRows: options.promptRows ?? 16 };
  const size = parameterCount(shape);
  const banned = new Uint8Array(options.vocabSize);
  for (const id of options.banned ?? []) banned[id] = 1;
  const rng = new Rng(options.seed ?? 0);
  const capabilities = new Set<Capability>(options.capabilities ?? ["attention", "entropy", "reference"]);
  const seeded = options.seed !== undefined;
  let weights: Float64Array = new Float64Array(size).map(() => (seeded ? 0.1 * rng.normal() : 0));
  let reference = weights.slice();
  /** First moment, second moment, and the number of steps taken. */
  let optimizer: Float64Array = new Float64Array(2 * size + 1);
  const gradient = new Float64Array(size);

  const rowOf = (prompt: Prompt) => promptHash(prompt) % shape.promptRows;
  const logsAt = (table: Float64Array, { prompt, completion }: Sequence, t: number, temperature: number) => {
    const previous = t === 0 ? lastPromptToken(prompt) : completion[t - 1]!;
    return logDistribution(table, shape, previous, rowOf(prompt), temperature, banned);
  };

  return {
    capabilities,

    async sample(request) {
      const draws = new Rng(request.seed);
      return request.prompts.map((prompt, p) =>
        Array.from({ length: request.groupSize }, (_, g) => {
          const draw = draws.fork(`${p}/${g}`);
          const tokens: number[] = [];
          const logprobs: number[] = [];
          const entropy: number[] = [];
          let previous = lastPromptToken(prompt);
          let stopped = false;
          while (!stopped && tokens.length < request.maxCompletionTokens) {
            const temperature = request.temperature === 0 ? 1 : request.temperature;
            const logs = logDistribution(weights, shape, previous, rowOf(prompt), temperature, banned);
            const token =
              request.temperature === 0 ? likeliest(logs) : drawToken(logs, request.topK, request.topP, draw);
            tokens.push(token);
            logprobs.push(logs[token]!);
            entropy.push(entropyOf(logs));
            previous = token;
            stopped = request.stopTokens.includes(token);
          }
          const completion = Int32Array.from(tokens);
          const row = request.signals?.attention?.row;
          return {
            tokens: completion,
            logprobs: Float64Array.from(logprobs),
            entropy: Float64Array.from(entropy),
            stopReason: stopped ? ("stop" as const) : ("length" as const),
            ...(row && { signals: { attention: madeUpSignals(prompt, completion, row) } }),
          };
        }),
      );
    },

    async score(sequences, request = {}) {
      const table = request.weights === "reference" ? reference : weights;
      const row = request.signals?.attention?.row;
      return sequences.map((sequence) => ({
        logprobs: Float64Array.from(
          sequence.completion,
          (token, t) => logsAt(table, sequence, t, request.temperature ?? 1)[token]!,
        ),
        ...(row && { signals: { attention: madeUpSignals(sequence.prompt, sequence.completion, row) } }),
      }));
    },

    async accumulate(sequences, coefficients, { temperature = 1 } = {}) {
      let tokens = 0;
      sequences.forEach((sequence, i) => {
        const own = coefficients[i];
        if (own?.length !== sequence.completion.length) {
          throw new ShapeError(
            `coefficients: expected shape [${sequence.completion.length}], got [${own?.length}] (sequence ${i})`,
          );
        }
        sequence.completion.forEach((token, t) => {
          const previous = t === 0 ? lastPromptToken(sequence.prompt) : sequence.completion[t - 1]!;
          const place = { previous, promptRow: rowOf(sequence.prompt), token };
          addGradient(
            gradient,
            shape,
            place,
            logsAt(weights, sequence, t, temperature),
            own[t]!,
            temperature,
          );
        });
        tokens += sequence.completion.length;
      });
      return { tokens, finite: gradient.every(Number.isFinite) };
    },

    async step(adam) {
      const gradientNorm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
      const applied = Number.isFinite(gradientNorm);
      if (applied) adamStep(weights, optimizer, gradient, gradientNorm, adam);
      gradient.fill(0);
      return { gradientNorm, applied };
    },

    async setReference() {
      reference = weights.slice();
    },

    async save(directory, { optimizer: withOptimizer = true } = {}) {
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, POLICY_FILE), asBytes(weights));
      if (withOptimizer) await writeFile(join(directory, OPTIMIZER_FILE), asBytes(optimizer));
    },

    async load(directory) {
      const path = join(directory, POLICY_FILE);
      const loaded = await readFile(path).catch((cause: unknown) => {
        throw new EngineError(`${path}: cannot be read`, { cause });
      });
      weights = floats(loaded, size, path);
      const state = await readFile(join(directory, OPTIMIZER_FILE)).catch(() => undefined);
      optimizer =
        state === undefined ? new Float64Array(2 * size + 1) : floats(state, 2 * size + 1, OPTIMIZER_FILE);
      gradient.fill(0);
    },

    async close() {},
  };
}
