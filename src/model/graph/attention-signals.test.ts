import { describe, expect, test } from "vitest";
import { fisherRaoDistance } from "../../credit/index.ts";
import { Rng } from "../../math/index.ts";
import { Graph, Program } from "../../tensor/index.ts";
import { calibratedSignals, keySupports, modalitySignals } from "./attention-signals.ts";

const [BATCH, TOKENS, KEYS] = [2, 3, 6];

/** Mass and squared chord of each modality, computed in a graph. */
async function reduce(rows: Float32Array, support: Float32Array, tokens = TOKENS) {
  const graph = new Graph();
  const { mass, chord } = modalitySignals(
    graph.input("rows", [BATCH, tokens, KEYS]),
    graph.input("support", [BATCH, 1, KEYS]),
  );
  const program = await Program.compile(graph, { mass, ...(chord === undefined ? {} : { chord }) });
  const outputs = await program.run({ rows, support });
  await program.release();
  return outputs;
}

describe("mass and chord in the graph", () => {
  const rng = new Rng(3);
  const rows = Float32Array.from({ length: BATCH * TOKENS * KEYS }, () => rng.uniform() ** 2);
  const support = Float32Array.of(1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1);

  test("are the sums within the support, and the chord of the rows' distributions there", async () => {
    const { mass, chord } = await reduce(rows, support);
    for (let b = 0; b < BATCH; b++) {
      const within = Array.from({ length: TOKENS }, (_, t) =>
        Array.from(
          { length: KEYS },
          (_, key) => rows[(b * TOKENS + t) * KEYS + key]! * support[b * KEYS + key]!,
        ),
      );
      for (const [t, row] of within.entries()) {
        const expected = row.reduce((sum, value) => sum + value, 0);
        expect(mass![b * TOKENS + t]).toBeCloseTo(expected, 5);
        if (t > 0) {
          // ‖√p − √q‖ = 2·sin(v / 4)
          const distance = fisherRaoDistance(within[t - 1]!, row);
          expect(chord![b * (TOKENS - 1) + t - 1]).toBeCloseTo(4 * Math.sin(distance / 4) ** 2, 5);
        }
      }
    }
  });

  test("equal rows have a chord of 0, rows without mass a finite one", async () => {
    const equal = Float32Array.from({ length: rows.length }, (_, i) => ((i % KEYS) + 1) / 21);
    expect((await reduce(equal, support))["chord"]).toEqual(new Float32Array(BATCH * (TOKENS - 1)));
    const { mass, chord } = await reduce(equal, new Float32Array(support.length));
    expect(mass).toEqual(new Float32Array(BATCH * TOKENS));
    expect(chord!.every(Number.isFinite)).toBe(true);
  });

  test("one token has a mass and no chord", async () => {
    const outputs = await reduce(rows.slice(0, BATCH * KEYS), support, 1);
    expect(Object.keys(outputs)).toEqual(["mass"]);
    expect(outputs["mass"]).toHaveLength(BATCH);
  });
});

test("completion keys are text, and every completion of a group has its prompt's keys", async () => {
  const graph = new Graph();
  const supports = keySupports(graph.input("visual", [2, 3]), graph.input("text", [2, 3]), 2, 2);
  const program = await Program.compile(graph, supports);
  const outputs = await program.run({
    visual: Float32Array.of(0, 1, 0, 1, 0, 0),
    text: Float32Array.of(0, 0, 1, 0, 1, 1),
  });
  await program.release();
  expect([...outputs["visual"]!]).toEqual([0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  expect([...outputs["text"]!]).toEqual([0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1]);
});

test("calibrated rows are weighed column by column before they are summed and multiplied", async () => {
  const rng = new Rng(5);
  const draw = (length: number) => Float32Array.from({ length }, () => rng.uniform());
  const [rows, factors] = [draw(BATCH * TOKENS * KEYS), draw(BATCH * KEYS)];
  const visual = Float32Array.of(1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1);
  const graph = new Graph();
  const signals = calibratedSignals(
    graph.input("rows", [BATCH, TOKENS, KEYS]),
    graph.input("visual", [BATCH, 1, KEYS]),
    graph.input("factors", [BATCH, 1, KEYS]),
  );
  const program = await Program.compile(graph, { ...signals });
  const { connectivity, gram } = await program.run({ rows, visual, factors });
  await program.release();
  const at = (b: number, t: number, key: number) =>
    rows[(b * TOKENS + t) * KEYS + key]! * factors[b * KEYS + key]!;
  const total = (term: (key: number) => number) =>
    Array.from({ length: KEYS }, (_, key) => term(key)).reduce((sum, value) => sum + value, 0);
  for (let b = 0; b < BATCH; b++) {
    for (let t = 0; t < TOKENS; t++) {
      const expected = total((key) => at(b, t, key) * visual[b * KEYS + key]!);
      expect(connectivity![b * TOKENS + t]).toBeCloseTo(expected, 5);
      for (let s = 0; s < TOKENS; s++) {
        const product = total((key) => at(b, t, key) * at(b, s, key));
        expect(gram![(b * TOKENS + s) * TOKENS + t]).toBeCloseTo(product, 5);
      }
    }
  }
});
