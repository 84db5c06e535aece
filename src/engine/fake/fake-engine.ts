/**
 * @module
 * An engine for tests: a bigram policy in this process, with exact gradients, AdamW and the whole contract, so that
 * the loop can be tested in milliseconds. Its attention signals are made up, but the same from sampling and scoring.
 * An ablated image is another image to it.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ImageAblation, SIGNALS } from "../../credit/index.ts";
import { EngineError, ShapeError } from "../../errors/index.ts";
import { Rng } from "../../math/index.ts";
import type { Capability } from "../capabilities.ts";
import type {
  AccumulateOptions,
  Alternatives,
  Completion,
  Engine,
  SampleRequest,
  Score,
  ScoreRequest,
  Sequence,
} from "../engine.ts";
import { adamStep } from "./adam-step.ts";
import {
  addEntropyGradient,
  addGradient,
  addValueGradient,
  type BigramShape,
  divergenceOf,
  entropyOf,
  groupDivergenceOf,
  jensenShannonOf,
  logDistribution,
  nucleusEntropyOf,
  parameterCount,
  policySize,
  type State,
  stateValue,
} from "./bigram-policy.ts";
import { drawToken, likeliest, likeliestIds } from "./draw-token.ts";
import { madeUpSignals } from "./made-up-signals.ts";
import { lastPromptToken, promptKey } from "./prompt-key.ts";

export interface FakeEngineOptions {
  readonly vocabSize: number;
  /** Seed of the initial weights, small normal numbers; without one they are all 0, as the value head always is. */
  readonly seed?: number;
  /** Ids that are never sampled. */
  readonly banned?: readonly number[];
  readonly promptRows?: number;
  readonly capabilities?: readonly Capability[];
}

const POLICY_FILE = "fake-policy.bin";
const OPTIMIZER_FILE = "fake-optimizer.bin";

const ALL: readonly Capability[] = [
  ...SIGNALS.flatMap(({ needs }) => needs.map(({ capability }) => capability)),
  "entropy",
  "entropy-gradient",
  "full-distribution",
  "group-divergence",
  "hidden-images",
  "image-ablation",
  "overlap",
  "reference",
  "value",
  "value-replacement",
  "video",
  "watch",
];

function floats(bytes: Buffer, expected: number, where: string): Float64Array {
  if (bytes.byteLength !== expected * 8) {
    throw new EngineError(`${where}: expected ${expected * 8} bytes, got ${bytes.byteLength}`);
  }
  const copy = new Float64Array(expected);
  new Uint8Array(copy.buffer).set(bytes);
  return copy;
}

function lengthChecked(
  name: string,
  values: Float64Array | undefined,
  length: number,
  i: number,
): Float64Array {
  if (values?.length !== length) {
    throw new ShapeError(`${name}: expected shape [${length}], got [${values?.length}] (sequence ${i})`);
  }
  return values;
}

/** Plain loops: engines of tests take thousands of steps. */
function areFinite(values: Float64Array): boolean {
  for (const value of values) if (!Number.isFinite(value)) return false;
  return true;
}

function squaredNorm(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

const asBytes = (values: Float64Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

function alternativesOf(logs: readonly Float64Array[], count: number): Alternatives {
  const ids = logs.map((own) => likeliestIds(own, count));
  return {
    tokens: Int32Array.from(ids.flat()),
    logprobs: Float64Array.from(ids.flatMap((own, t) => own.map((id) => logs[t]![id]!))),
  };
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

/** Makes a fake engine; spread its result to override single methods in a test. */
export function createFakeEngine(options: FakeEngineOptions): Engine {
  const shape: BigramShape = { vocabSize: options.vocabSize, promptRows: options.promptRows ?? 16 };
  const size = parameterCount(shape);
  const banned = new Uint8Array(options.vocabSize);
  for (const id of options.banned ?? []) banned[id] = 1;
  const capabilities = new Set<Capability>(options.capabilities ?? ALL);
  let weights: Float64Array = new Float64Array(size);
  if (options.seed !== undefined) weights.set(initialPolicy(shape, options.seed));
  let reference = weights.slice();
  /** First moment, second moment, and the number of steps taken. */
  let optimizer: Float64Array = new Float64Array(2 * size + 1);
  const gradient = new Float64Array(size);

  const stateOf = ({ prompt, completion }: Sequence, t: number, image?: ImageAblation): State => ({
    previous: t === 0 ? lastPromptToken(prompt) : completion[t - 1]!,
    promptRow: promptKey(prompt, image) % shape.promptRows,
  });

  const scoreOf = (sequence: Sequence, request: ScoreRequest): Score => {
    const table = request.weights === "reference" ? reference : weights;
    const { completion, prompt } = sequence;
    const { divergenceFrom } = request;
    const distributions = (image: ImageAblation | undefined) =>
      Array.from(completion, (_, t) =>
        logDistribution(table, shape, stateOf(sequence, t, image), request.temperature ?? 1, banned),
      );
    const logprobsOf = (logs: readonly Float64Array[]) =>
      Float64Array.from(completion, (token, t) => logs[t]![token]!);
    const logs = distributions(request.image);
    const ablated = divergenceFrom && distributions(divergenceFrom);
    const place = {
      key: promptKey(prompt, request.image),
      lastToken: lastPromptToken(prompt),
      tokens: completion,
    };
    return {
      logprobs: logprobsOf(logs),
      ...(request.entropy && { entropy: Float64Array.from(logs, entropyOf) }),
      ...(request.nucleusEntropy !== undefined && {
        nucleusEntropy: Float64Array.from(logs, (own) => nucleusEntropyOf(own, request.nucleusEntropy!)),
      }),
      ...(ablated && {
        divergence: Float64Array.from(logs, (own, t) => divergenceOf(own, ablated[t]!)),
        ablatedLogprobs: logprobsOf(ablated),
        jensenShannon: Float64Array.from(logs, (own, t) => jensenShannonOf(own, ablated[t]!)),
        ablatedEntropy: Float64Array.from(ablated, entropyOf),
      }),
      ...(request.values && {
        values: Float64Array.from(completion, (_, t) =>
          stateValue(table, shape, stateOf(sequence, t, request.image)),
        ),
      }),
      ...(request.alternatives !== undefined && { alternatives: alternativesOf(logs, request.alternatives) }),
      ...madeUpSignals(place, request.signals),
    };
  };

  /** Among the sequences of the same prompt; a sequence that has ended is uniform. */
  const groupDivergences = (own: Sequence, all: readonly Sequence[], request: ScoreRequest) => {
    const table = request.weights === "reference" ? reference : weights;
    const members = all.filter(({ prompt }) => prompt === own.prompt);
    const uniform = Float64Array.from(banned, (isBanned) =>
      isBanned ? -Infinity : -Math.log(options.vocabSize),
    );
    return Float64Array.from(own.completion, (_, t) =>
      groupDivergenceOf(
        members.map((member) =>
          t < member.completion.length
            ? logDistribution(
                table,
                shape,
                stateOf(member, t, request.image),
                request.temperature ?? 1,
                banned,
              )
            : uniform,
        ),
      ),
    );
  };

  const addSequence = (
    sequence: Sequence,
    i: number,
    all: readonly Float64Array[],
    options: AccumulateOptions,
  ) => {
    const { temperature = 1, valueCoefficients, entropyCoefficients, image } = options;
    const { completion } = sequence;
    const own = lengthChecked("coefficients", all[i], completion.length, i);
    const values =
      valueCoefficients && lengthChecked("valueCoefficients", valueCoefficients[i], own.length, i);
    const entropies =
      entropyCoefficients && lengthChecked("entropyCoefficients", entropyCoefficients[i], own.length, i);
    completion.forEach((token, t) => {
      const state = stateOf(sequence, t, image);
      const logs = logDistribution(weights, shape, state, temperature, banned);
      if (own[t] !== 0) addGradient(gradient, shape, state, token, logs, own[t]!, temperature);
      if (values) addValueGradient(gradient, shape, state, values[t]!);
      if (entropies) addEntropyGradient(gradient, shape, state, logs, entropies[t]!, temperature);
    });
  };

  const sampleFrom = (table: Float64Array, request: SampleRequest): Completion[][] => {
    const { seed } = request;
    const drawOf = (p: number, g: number) =>
      typeof seed === "number" ? new Rng(seed).fork(`${p}/${g}`) : new Rng(seed[p]!).fork(`0/${g}`);
    return request.prompts.map((prompt, p) =>
      Array.from({ length: request.groupSize }, (_, g) => {
        const draw = drawOf(p, g);
        const tokens: number[] = [];
        const logprobs: number[] = [];
        const entropy: number[] = [];
        let stopped = false;
        while (!stopped && tokens.length < request.maxCompletionTokens) {
          const temperature = request.temperature === 0 ? 1 : request.temperature;
          const state = {
            previous: tokens.at(-1) ?? lastPromptToken(prompt),
            promptRow: promptKey(prompt) % shape.promptRows,
          };
          const logs = logDistribution(table, shape, state, temperature, banned);
          const token =
            request.temperature === 0 ? likeliest(logs) : drawToken(logs, request.topK, request.topP, draw);
          tokens.push(token);
          logprobs.push(logs[token]!);
          entropy.push(entropyOf(logs));
          const goesOn = request.watch?.({
            prompt: p,
            place: g,
            token,
            logprob: logs[token]!,
            ...(request.alternatives && { alternatives: alternativesOf([logs], request.alternatives) }),
          });
          stopped = request.stopTokens.includes(token) || goesOn === false;
        }
        const completion = Int32Array.from(tokens);
        const place = { key: promptKey(prompt), lastToken: lastPromptToken(prompt), tokens: completion };
        return {
          tokens: completion,
          logprobs: Float64Array.from(logprobs),
          entropy: Float64Array.from(entropy),
          stopReason: stopped ? ("stop" as const) : ("length" as const),
          ...madeUpSignals(place, request.signals),
        };
      }),
    );
  };

  return {
    capabilities,

    async sample(request) {
      return sampleFrom(weights, request);
    },

    async sampler() {
      const table = weights.slice();
      return { sample: async (request) => sampleFrom(table, request) };
    },

    async score(sequences, request = {}) {
      return sequences.map((sequence) => ({
        ...scoreOf(sequence, request),
        ...(request.groupDivergence && { groupDivergence: groupDivergences(sequence, sequences, request) }),
      }));
    },

    async accumulate(sequences, coefficients, options = {}) {
      sequences.forEach((sequence, i) => {
        addSequence(sequence, i, coefficients, options);
      });
      const tokens = sequences.reduce((sum, { completion }) => sum + completion.length, 0);
      return { tokens, finite: areFinite(gradient) };
    },

    async step(adam) {
      const gradientNorm = Math.sqrt(squaredNorm(gradient));
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
