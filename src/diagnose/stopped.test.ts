import { expect, test } from "vitest";
import { Rng } from "../math/index.ts";
import type { ModelDiagnosis } from "./diagnosis.ts";
import { connectivityDistribution } from "./distributions.ts";
import { intervene } from "./intervention.ts";
import { sections } from "./report/sections.ts";
import { alignments } from "./time-course.ts";

test("a sweep that is stopped keeps the strengths that are done", async () => {
  const candidate = {
    unit: 0,
    prompt: { chunks: [] },
    tokens: Int32Array.of(1),
    right: { lead: "", texts: ["b"] },
  };
  const kept = { kept: [candidate], offered: 1 };
  const none = { kept: [], offered: 0 };
  const engine = {
    score: async (sequences: unknown[]) => sequences.map(() => ({ likeliest: Int32Array.of(1) })),
  };
  let done = 0;
  const sweep = (most: number) => {
    done = 0;
    return intervene(
      { candidates: { "P^e": kept, "P^r": none, "R^e": none, "R^r": none } } as never,
      {
        engine: engine as never,
        tokenTexts: () => ["a"],
        sites: [{ name: "last" }],
        lambdas: [1, 2, 4],
        bootstrap: { resamples: 10 },
        onProgress: () => void done++,
        shouldStop: () => done >= most,
      },
      new Rng(0),
    );
  };
  const strengths = async (most: number) =>
    (await sweep(most)).map(({ effects }) => effects.map(({ lambda }) => lambda));
  expect(await strengths(2)).toEqual([[1, 2]]);
  expect(await strengths(3)).toEqual([[1, 2, 4]]);
  expect(await strengths(0)).toEqual([]);
  expect(await strengths(4)).toEqual([[1, 2, 4], [1]]);
});

test("parts left out are listed for each model", () => {
  const model = (name: string, ...leftOut: { part: string; reason: string }[]) =>
    ({ ...EMPTY, name, leftOut }) satisfies ModelDiagnosis;
  const of = (...models: readonly ModelDiagnosis[]) =>
    sections(models).find(({ title }) => title === "Left out")!.tables[0]!.table.rows;
  const [a, b] = [
    { part: "time", reason: "no truth" },
    { part: "time", reason: "no attention" },
  ];
  expect(of(model("one", a), model("two", b), model("three", a))).toEqual([
    ["time, one, three", "no truth"],
    ["time, two", "no attention"],
  ]);
  expect(of(model("one", a))).toEqual([["time", "no truth"]]);
});

const EMPTY = {
  completions: 0,
  tokens: 0,
  accuracy: 0,
  correlation: [],
  intervention: [],
  timeCourse: [],
  alignment: [],
  roleAccuracy: [],
  connectivity: [],
};

const table = {
  completions: 1,
  tokens: 20,
  unit: new Int32Array(20),
  text: new Array<string>(20).fill("a"),
};

test("tokens that are all alike hold their share of connectivity", () => {
  const of = (value: number) =>
    connectivityDistribution(
      { ...table, rows: { own: { connectivity: new Float64Array(20).fill(value) } } } as never,
      "own",
    )!.heldByAnchors;
  expect(of(0.5)).toBeCloseTo(0.15, 12);
  expect(of(0)).toBe(0.15);
});

test("a token without attention is aligned with nothing", () => {
  const masses = { visualMass: Float64Array.of(0, 1), textMass: Float64Array.of(0, 1) };
  const truth = { role: Uint8Array.of(0, 0) };
  const two = { ...table, tokens: 2, unit: new Int32Array(2), rows: { own: masses }, truth };
  const found = alignments(two as never, new Rng(0), { resamples: 10 });
  expect(found.map(({ alignment }) => alignment.estimate)).toContain(0.25);
});
