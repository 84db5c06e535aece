import { describe, expect, test } from "vitest";
import { Rng } from "../math/index.ts";
import { Reservoir, tokenClass } from "./candidates.ts";
import { verdictOf } from "./collect.ts";
import { correlate } from "./correlation.ts";
import { connectivityDistribution, groundingDistribution, histogramOf, wordMeans } from "./distributions.ts";
import { roleAccuracy } from "./role-accuracy.ts";
import { alignments, timeCourse } from "./time-course.ts";
import type { TokenTable, Truth } from "./token-table.ts";

const FEW = { resamples: 50 };

/** Forty tokens of four completions: readings first, then reasoning; every second token of each is wrong. */
const TOKENS = 40;
const numbers = (value: (i: number) => number) => Float64Array.from({ length: TOKENS }, (_, i) => value(i));
const isImage = (i: number) => i % 10 < 5;
const isRight = (i: number) => i % 2 === 0;
const visualMass = numbers((i) => (isImage(i) ? (isRight(i) ? 0.75 : 0.5) : 0.25));
const truth: Truth = {
  role: Uint8Array.from(visualMass, (_, i) => (isImage(i) ? 0 : 1)),
  verdict: Int8Array.from(visualMass, (_, i) => Number(isRight(i))),
  statement: Array.from(visualMass, (_, i) => (isImage(i) ? "reading" : "step")),
};
const table: TokenTable = {
  completions: 4,
  tokens: TOKENS,
  accuracy: 0.5,
  unit: Int32Array.from(visualMass, (_, i) => Math.floor(i / 10)),
  place: numbers((i) => ((i % 10) + 0.5) / 10),
  text: Array.from(visualMass, (_, i) => (isImage(i) ? "see" : "sum")),
  entropy: numbers((i) => (isImage(i) ? 0.5 : 0.1)),
  grounding: numbers((i) => (isImage(i) ? 0.6 : 0)),
  rows: {
    own: { visualMass, textMass: visualMass.map((mass) => 1 - mass), connectivity: visualMass },
  },
  methods: [
    {
      method: "fisher-rao",
      row: "own",
      score: visualMass,
      assigned: Uint8Array.from(visualMass, (mass) => (mass > 0.6 ? 0 : mass > 0.3 ? 2 : 1)),
      assigns: "roles",
    },
  ],
  truth,
};

describe("classes of tokens", () => {
  test.each([
    ["image", 1, "P^r"],
    ["image", 0, "P^e"],
    ["reasoning", 1, "R^r"],
    ["reasoning", 0, "R^e"],
    ["reasoning", -1, undefined],
    ["other", 1, undefined],
  ] as const)("%s with verdict %i is %s", (role, verdict, expected) => {
    expect(tokenClass(role, verdict)).toBe(expected);
  });

  test.each([
    ["readings by the image", { role: "image", correct: true, follows: null }, 1],
    ["reasoning by what was written", { role: "reasoning", correct: false, follows: true }, 1],
    ["reasoning by the rest where nothing was", { role: "reasoning", correct: false, follows: null }, 0],
    ["nothing where nothing is known", { role: "other", correct: null, follows: null }, -1],
  ] as const)("judge %s", (_, label, expected) => {
    expect(verdictOf({ ...label, statement: null })).toBe(expected);
  });
});

describe("correlation", () => {
  const found = correlate(table, truth, "own", new Rng(0), FEW);

  test("has the mean mass of each class", () => {
    expect(found.classes.map(({ name, tokens, visual }) => [name, tokens, visual.estimate])).toEqual([
      ["P^r", 12, 0.75],
      ["P^e", 8, 0.5],
      ["R^r", 8, 0.25],
      ["R^e", 12, 0.25],
    ]);
  });

  test("has no contrast of fewer than ten tokens, of either kind", () => {
    expect(found.contrasts).toEqual([]);
  });

  test("has the contrast of right and wrong in the role's own modality", () => {
    const twice: TokenTable = { ...table, ...doubled(table) };
    const truths = doubledTruth(truth);
    const { contrasts } = correlate({ ...twice, truth: truths }, truths, "own", new Rng(0), FEW);
    expect(contrasts.map(({ role, right, wrong }) => [role, right, wrong])).toEqual([
      ["image", 24, 16],
      ["reasoning", 16, 24],
    ]);
    expect(contrasts[0]!.difference).toEqual({ estimate: 0.25, low: 0.25, high: 0.25 });
    expect(contrasts[0]!.delta.estimate).toBe(1);
    expect(contrasts[1]!.delta.estimate).toBe(0);
  });
});

const joined = (values: Float64Array) => Float64Array.from([...values, ...values]);

/** The table's tokens, and once more as tokens of four other completions. */
function doubled({ unit, place, entropy, text }: TokenTable): Partial<TokenTable> {
  const mass = joined(visualMass);
  return {
    completions: 8,
    tokens: 2 * TOKENS,
    unit: Int32Array.from([...unit, ...unit.map((u) => u + 4)]),
    place: joined(place),
    entropy: joined(entropy),
    text: [...text, ...text],
    rows: { own: { visualMass: mass, textMass: mass.map((m) => 1 - m) } },
  };
}

function doubledTruth({ role, verdict, statement }: Truth): Truth {
  return {
    role: Uint8Array.from([...role, ...role]),
    verdict: Int8Array.from([...verdict, ...verdict]),
    statement: [...statement, ...statement],
  };
}

test("role accuracy holds scores and roles against the truth", () => {
  const [found] = roleAccuracy(table, truth, new Rng(0), FEW);
  expect(found!.imageFromReasoning.estimate).toBe(1);
  expect(found!.imageFromAll.estimate).toBe(1);
  // Wrong tokens: 8 of mass ½ and 12 of ¼; right tokens: 12 of ¾ and 8 of ¼. Pairs won: 8·8 + ½·12·8 of 400.
  expect(found!.wrongFromRight.estimate).toBeCloseTo(112 / 400, 12);
  expect(found!.confusion).toEqual([
    [12, 0, 8],
    [0, 20, 0],
    [0, 0, 0],
  ]);
  expect(found!.image).toEqual({ precision: 1, recall: 0.6, f1: 0.75 });
  expect(found!.reasoning!.f1).toBe(1);
});

test("the time course gives the places of roles and the alignment of their attention", () => {
  const courses = timeCourse(table, new Rng(0), FEW);
  const image = courses.find(({ by, role }) => by === "truth" && role === "image")!;
  expect(image.place.estimate).toBeCloseTo(0.25, 12);
  expect(image.density).toEqual([0.2, 0.2, 0.2, 0.2, 0.2, 0, 0, 0, 0, 0]);
  expect(image.share).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
  expect(courses.find(({ by, role }) => by === "fisher-rao" && role === "text")!.tokens).toBe(20);
  const found = alignments(table, new Rng(0), FEW);
  expect(found.map(({ role, alignment }) => [role, alignment.estimate])).toEqual([
    ["image", 0.65],
    ["reasoning", 0.75],
  ]);
});

describe("distributions", () => {
  test("count in bins, the highest value in the last", () => {
    expect(histogramOf(Float64Array.of(0, 1, 2, 4), 4)).toEqual({ low: 0, high: 4, counts: [1, 1, 1, 1] });
    expect(histogramOf(Float64Array.of(3, 3), 2).counts).toEqual([2, 0]);
  });

  test("rank words by their mean and leave out rare and empty words", () => {
    const words = wordMeans(["a", "b", "a", "b", "c", " ", " "], Float64Array.of(1, 4, 3, 4, 9, 9, 9), 2);
    expect(words).toEqual([
      { word: "b", count: 2, mean: 4 },
      { word: "a", count: 2, mean: 2 },
    ]);
  });

  test("say what anchors are", () => {
    const found = connectivityDistribution(table, "own")!;
    // The 85 % quantile of 12 × ¾, 8 × ½, 20 × ¼ is ¾, which nothing exceeds; lowered, the twelve are anchors.
    expect(found.threshold).toBe(0.75);
    const connectivity = visualMass.map((mass, i) => mass + i / 1000);
    const spread = connectivityDistribution(
      { ...table, rows: { own: { visualMass, textMass: visualMass, connectivity } } },
      "own",
    )!;
    expect(spread.anchorRoles).toEqual({ image: 1, reasoning: 0, other: 0 });
    expect(spread.anchorShareOfRole).toMatchObject({ image: 6 / 20, reasoning: 0 });
    expect(connectivityDistribution(table, "predicting")).toBeUndefined();
  });

  test("compare grounded tokens with others", () => {
    const found = groundingDistribution(table, new Rng(0), FEW)!;
    expect(found.groundedShare.estimate).toBe(0.5);
    expect(found.entropyGap.estimate).toBeCloseTo(0.4, 12);
    expect([found.quantiles[0], found.quantiles[100]]).toEqual([0, 0.6]);
  });
});

test("a reservoir keeps an even sample of bounded size", () => {
  const seen = new Array<number>(10).fill(0);
  for (let seed = 0; seed < 3000; seed++) {
    const reservoir = new Reservoir<number>(3, new Rng(seed));
    for (let i = 0; i < 10; i++) reservoir.offer(() => i);
    expect(reservoir.kept).toHaveLength(3);
    expect(reservoir.offered).toBe(10);
    for (const item of reservoir.kept) seen[item]! += 1;
  }
  for (const count of seen) expect(Math.abs(count - 900)).toBeLessThan(100);
});
