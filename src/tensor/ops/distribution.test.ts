import { describe, expect, test } from "vitest";
import { Graph } from "../graph.ts";
import { Program } from "../program.ts";
import { jensenShannon, nucleusEntropy } from "./distribution.ts";

async function run(
  build: (graph: Graph) => Parameters<typeof Program.compile>[1],
  feeds: Record<string, Float32Array>,
) {
  const graph = new Graph();
  const program = await Program.compile(graph, build(graph));
  const found = await program.run(feeds);
  await program.release();
  return found;
}

/** Logits of four probabilities. */
const logits = (...probabilities: number[]) => Float32Array.from(probabilities, (own) => Math.log(own));
const entropy = (...probabilities: number[]) =>
  probabilities.reduce((sum, own) => sum - own * Math.log(own), 0);

describe("nucleusEntropy", () => {
  test("is that of the smallest set that reaches the mass, made to sum to 1", async () => {
    const rows = logits(0.1, 0.5, 0.15, 0.25, 0.97, 0.01, 0.01, 0.01);
    const of = async (mass: number) => {
      const { found } = await run(
        (graph) => ({ found: nucleusEntropy(graph.input("logits", [2, 4]), mass) }),
        { logits: rows },
      );
      return found!;
    };
    expect(await of(0.7)).toBeAllclose([entropy(2 / 3, 1 / 3), 0], { atol: 1e-6 });
    expect(await of(0.8)).toBeAllclose([entropy(0.5 / 0.9, 0.25 / 0.9, 0.15 / 0.9), 0], { atol: 1e-6 });
    expect(await of(1)).toBeAllclose([entropy(0.1, 0.5, 0.15, 0.25), entropy(0.97, 0.01, 0.01, 0.01)], {
      atol: 1e-6,
    });
  });

  test("stays finite where only one entry has a probability", async () => {
    const { found } = await run((graph) => ({ found: nucleusEntropy(graph.input("logits", [1, 3]), 0.95) }), {
      logits: Float32Array.of(0, 200, -300),
    });
    expect(found).toBeAllclose([0], { atol: 1e-6 });
  });
});

describe("jensenShannon", () => {
  const of = async (a: Float32Array, b: Float32Array, size: number) => {
    const { found } = await run(
      (graph) => ({ found: jensenShannon(graph.input("a", [1, size]), graph.input("b", [1, size])) }),
      { a, b },
    );
    return found![0]!;
  };

  test("is symmetric, 0 for equal rows and log 2 for rows without a common entry", async () => {
    const [a, b] = [logits(0.2, 0.3, 0.5), logits(0.6, 0.3, 0.1)];
    const expected = entropy(0.4, 0.3, 0.3) - (entropy(0.2, 0.3, 0.5) + entropy(0.6, 0.3, 0.1)) / 2;
    expect(await of(a, b, 3)).toBeCloseTo(expected, 6);
    expect(await of(b, a, 3)).toBeCloseTo(expected, 6);
    expect(await of(a, a, 3)).toBeCloseTo(0, 6);
    expect(await of(Float32Array.of(0, 300), Float32Array.of(300, 0), 2)).toBeCloseTo(Math.log(2), 6);
  });
});
