/**
 * @module
 * Proves a backward: reverse-mode gradients of a random linear functional of an operation's outputs, against
 * finite differences of its forward. Forward and backward must be bitwise identical on one and on two threads.
 *
 * The functional is L(x) = Σ r·y(x) with fixed random r, so one check covers the whole Jacobian. Its slope along
 * one number of one input is taken by the central difference of fourth order,
 *
 *     L' ≈ (8·(L(x+h) − L(x−h)) − (L(x+2h) − L(x−2h))) / 12h,   error h⁴/30 · L⁽⁵⁾ + about 1e-7·|y|/h of rounding.
 *
 * The forward runs in fp32; the differences are taken and summed in fp64. Inputs are multiples of 2⁻¹² and h is a
 * power of two, so that x ± h is exact.
 */
import { expect } from "vitest";
import { Rng } from "../../math/index.ts";
import { gradients } from "../autodiff.ts";
import { Graph, type Tensor } from "../graph.ts";
import { Program } from "../program.ts";
import { elementCount, type Shape } from "../shape.ts";
import { evaluate } from "./evaluate.ts";
import { TEST_DEVICE } from "./test-device.ts";

export interface GradientCheck {
  /** Shapes of the inputs, all of them differentiated. */
  readonly shapes: readonly Shape[];
  /** Builds the operation; constants come from the inputs' graph. */
  readonly build: (...inputs: Tensor[]) => Tensor | readonly Tensor[];
  /** h; a power of two. Linear operations bear a large one. */
  readonly step?: number;
  /** Largest |reverse − difference| / (|difference| + root mean square of the input's gradient). */
  readonly tolerance?: number;
  /** Inputs are drawn uniformly from here. */
  readonly range?: readonly [number, number];
  /** Numbers of each input that are moved, drawn at random; all of an input with fewer. */
  readonly coordinates?: number;
}

/**
 * Checks one operation's gradients.
 *
 * @returns the largest error found, in the tolerance's measure
 */
export async function checkGradients({
  shapes,
  build,
  step = 2 ** -5,
  tolerance = 2e-4,
  range: [low, high] = [-1.5, 1.5],
  coordinates = 48,
}: GradientCheck): Promise<number> {
  const rng = new Rng("gradient check");
  const graph = new Graph();
  const inputs = shapes.map((shape, i) => graph.input(`x${i}`, shape));
  const outputs = [build(...inputs)].flat() as Tensor[];
  const factors = outputs.map((output, i) => graph.input(`r${i}`, output.shape));
  const reverse = gradients(
    graph,
    outputs.map((tensor, i) => ({ tensor, gradient: factors[i]! })),
    inputs,
  );

  const feeds: Record<string, Float32Array> = {};
  for (const { name, shape } of inputs) {
    const draw = () => Math.round(rng.uniform(low, high) * 4096) / 4096;
    feeds[name] = Float32Array.from({ length: elementCount(shape) }, draw);
  }
  for (const { name, shape } of factors) {
    feeds[name] = Float32Array.from({ length: elementCount(shape) }, () => rng.uniform(-1, 1));
  }

  const outputNames = byIndex(outputs);
  const both = { ...outputNames, ...Object.fromEntries(reverse.map((tensor, i) => [`x${i}`, tensor])) };
  const analytic = await evaluate(graph, both, feeds, 1);
  for (const [name, values] of Object.entries(await evaluate(graph, both, feeds, 2))) {
    expect(values, `${name} on two threads`).toBeAllclose(analytic[name]!, { rtol: 0, atol: 0 });
  }

  const forward = await Program.compile(graph, outputNames, { device: TEST_DEVICE, threads: 1 });
  const functional = async () => Object.entries(await forward.run(feeds));
  let worst = 0;
  try {
    for (const { name } of inputs) {
      const values = feeds[name]!;
      const typical = rootMeanSquare(analytic[name]!);
      for (const at of chosen(values.length, coordinates, rng)) {
        const centre = values[at]!;
        const samples: [string, Float32Array][][] = [];
        for (const offset of [step, -step, 2 * step, -2 * step]) {
          values[at] = centre + offset;
          samples.push(await functional());
        }
        values[at] = centre;
        const numeric = slope(samples, feeds, step);
        const reversed = analytic[name]![at]!;
        const error = reversed === numeric ? 0 : Math.abs(reversed - numeric) / (Math.abs(numeric) + typical);
        const message = `∂L/∂${name}[${at}]: reverse ${reversed}, difference ${numeric}`;
        expect(error, message).toBeLessThanOrEqual(tolerance);
        worst = Math.max(worst, error);
      }
    }
    return worst;
  } finally {
    await forward.release();
  }
}

function byIndex(tensors: readonly Tensor[]): Record<string, Tensor> {
  return Object.fromEntries(tensors.map((tensor, i) => [`${i}`, tensor]));
}

/** The difference quotient from the outputs at +h, −h, +2h and −2h. */
function slope(
  samples: readonly (readonly [string, Float32Array][])[],
  feeds: Readonly<Record<string, Float32Array>>,
  step: number,
): number {
  let total = 0;
  for (const [output, [name, above]] of samples[0]!.entries()) {
    const [below, farAbove, farBelow] = [1, 2, 3].map((sample) => samples[sample]![output]![1]);
    const factor = feeds[`r${name}`]!;
    for (let j = 0; j < above.length; j++) {
      const near = above[j]! - below![j]!;
      const far = farAbove![j]! - farBelow![j]!;
      total += factor[j]! * (8 * near - far);
    }
  }
  return total / (12 * step);
}

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((total, value) => total + value * value, 0) / values.length);
}

function chosen(length: number, count: number, rng: Rng): number[] {
  const all = Array.from({ length }, (_, i) => i);
  return length <= count ? all : rng.shuffle(all).slice(0, count);
}
