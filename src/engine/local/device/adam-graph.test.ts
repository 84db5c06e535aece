import { expect, test } from "vitest";
import type { ParameterLayout } from "../../../model/graph/index.ts";
import { evaluate } from "../../../tensor/testing/evaluate.ts";
import { AdamW, gradientNorm } from "../weights/adamw.ts";
import { adamGraph, adamNumbers, squareSumGraph } from "./adam-graph.ts";

const SETTINGS = {
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.1,
  maxGradientNorm: 0,
};

const wave = (count: number, phase: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(1.3 * i + phase));

test.each([[[3, 4]], [[12]]])("ten steps of the graph are ten steps of the loop, for %j", async (shape) => {
  const view = { name: "w", shape, offset: 0, size: 12 };
  const layout = { size: 12, parameters: new Map([["w", view]]) } as unknown as ParameterLayout;
  const adam = new AdamW(layout);
  const weights = wave(12, 0);
  let own = { weight: wave(12, 0), first: new Float32Array(12), second: new Float32Array(12) };
  const { graph, outputs } = adamGraph(shape);
  for (let step = 1; step <= 10; step++) {
    const gradient = wave(12, step);
    adam.step(weights, wave(12, step), 0.5, SETTINGS);
    const feeds = { ...own, gradient, ...adamNumbers(SETTINGS, step, 0.5) };
    own = (await evaluate(graph, { ...outputs }, feeds)) as typeof own;
  }
  expect(own.weight).toBeAllclose(weights, { rtol: 1e-6, atol: 1e-7 });
  expect(own.first).toBeAllclose(adam.firstMoment, { rtol: 1e-6, atol: 1e-7 });
  expect(own.second).toBeAllclose(adam.secondMoment, { rtol: 1e-6, atol: 1e-7 });
});

test("the sum of squares is that of all packs, and not finite where one number is not", async () => {
  const shapes = new Map([
    ["matrix", [3, 4]],
    ["list", [5]],
  ]);
  const { graph, total } = squareSumGraph(shapes);
  const [matrix, list] = [wave(12, 1), wave(5, 2)];
  const { value } = await evaluate(graph, { value: total }, { matrix, list });
  expect(Math.sqrt(value![0]!)).toBeCloseTo(gradientNorm(Float32Array.of(...matrix, ...list)), 5);
  list[3] = Number.NaN;
  const broken = await evaluate(graph, { value: total }, { matrix, list });
  expect(broken["value"]![0]).toBeNaN();
});
