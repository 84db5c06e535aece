/**
 * @module
 * Gradients and steps of a fake engine.
 */
import { ShapeError } from "../../errors/index.ts";
import type { AccumulateOptions, AdamParameters, Engine, Sequence } from "../engine.ts";
import { adamStep } from "./adam-step.ts";
import { addEntropyGradient, addGradient, addValueGradient } from "./bigram-policy.ts";
import type { FakeModel } from "./fake-model.ts";

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

/** Adds the gradient of sequences, whose coefficients are `[N][T]`. */
export function accumulated(
  model: FakeModel,
  sequences: readonly Sequence[],
  coefficients: readonly Float64Array[],
  options: AccumulateOptions,
): Awaited<ReturnType<Engine["accumulate"]>> {
  for (const [i, sequence] of sequences.entries()) addSequence(model, sequence, i, coefficients, options);
  const tokens = sequences.reduce((sum, { completion }) => sum + completion.length, 0);
  return { tokens, finite: areFinite(model.gradient) };
}

function addSequence(
  model: FakeModel,
  sequence: Sequence,
  i: number,
  all: readonly Float64Array[],
  options: AccumulateOptions,
): void {
  const { temperature = 1, valueCoefficients, entropyCoefficients, image } = options;
  const { completion } = sequence;
  const { gradient, shape, weights } = model;
  const own = lengthChecked("coefficients", all[i], completion.length, i);
  const values = valueCoefficients && lengthChecked("valueCoefficients", valueCoefficients[i], own.length, i);
  const entropies =
    entropyCoefficients && lengthChecked("entropyCoefficients", entropyCoefficients[i], own.length, i);
  completion.forEach((token, t) => {
    const state = model.stateOf(sequence, t, image);
    const logs = model.logs(weights, state, temperature);
    if (own[t] !== 0) addGradient(gradient, shape, state, token, logs, own[t]!, temperature);
    if (values) addValueGradient(gradient, shape, state, values[t]!);
    if (entropies) addEntropyGradient(gradient, shape, state, logs, entropies[t]!, temperature);
  });
}

/** One step of AdamW, unless the gradient is not finite. */
export function stepped(model: FakeModel, adam: AdamParameters): Awaited<ReturnType<Engine["step"]>> {
  const { gradient, weights, optimizer } = model;
  const gradientNorm = Math.sqrt(squaredNorm(gradient));
  const applied = Number.isFinite(gradientNorm);
  if (applied) adamStep(weights, optimizer, gradient, gradientNorm, adam);
  gradient.fill(0);
  return { gradientNorm, applied };
}
