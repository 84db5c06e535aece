import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../../../math/index.ts";
import { chooseToken, type TokenChoice } from "./token-choice.ts";

const ALL: TokenChoice = { greedy: false, topK: 0, topP: 1, banned: new Uint8Array(6) };
const ODDS = [0.05, 0.4, 0.1, 0.25, 0.15, 0.05];
const banning = (...tokens: number[]) => ALL.banned.map((_, token) => (tokens.includes(token) ? 1 : 0));

/** Odds of one row, after `start` numbers of another that must not be read. */
function odds(probabilities: readonly number[], start = 0) {
  const row = Float32Array.from([...new Array<number>(start).fill(1), ...probabilities]);
  return { probabilities: row, logprobs: row.map(Math.log) };
}

function frequencies(choice: TokenChoice, draws: number): number[] {
  const rng = new Rng(11);
  const counts = new Array<number>(ODDS.length).fill(0);
  for (let i = 0; i < draws; i++) {
    const token = chooseToken(odds(ODDS, 6), 6, choice, rng);
    counts[token] = counts[token]! + 1;
  }
  return counts;
}

/** Σ (observed − expected)² / expected over tokens that can be drawn; none of the others may be. */
function chiSquare(counts: readonly number[], probabilities: readonly number[]): number {
  const draws = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count, token) => {
    const expected = probabilities[token]! * draws;
    expect(expected > 0 || count === 0).toBe(true);
    return expected > 0 ? sum + (count - expected) ** 2 / expected : sum;
  }, 0);
}

/** The 99.9 % points of chi-square at 1 … 5 degrees of freedom. */
const LIMITS = [10.83, 13.82, 16.27, 18.47, 20.52];

describe("drawn tokens follow the distribution", () => {
  test.each<[string, Partial<TokenChoice>, number[]]>([
    ["of the whole vocabulary", {}, ODDS],
    [
      "without banned tokens, which the others inherit",
      { banned: banning(1, 5) },
      [1 / 11, 0, 2 / 11, 5 / 11, 3 / 11, 0],
    ],
    ["of the top 2", { topK: 2 }, [0, 8 / 13, 0, 5 / 13, 0, 0]],
    ["of the top 2 that are not banned", { topK: 2, banned: banning(1) }, [0, 0, 0, 5 / 8, 3 / 8, 0]],
    ["of the smallest set that reaches 0.6", { topP: 0.6 }, [0, 8 / 13, 0, 5 / 13, 0, 0]],
    ["of the smallest set that reaches 0.7", { topP: 0.7 }, [0, 0.5, 0, 5 / 16, 3 / 16, 0]],
    ["of a nucleus taken within the top 3", { topK: 3, topP: 0.8 }, [0, 8 / 13, 0, 5 / 13, 0, 0]],
    ["of a nucleus of what is not banned", { topP: 0.6, banned: banning(1) }, [0, 0, 0, 5 / 8, 3 / 8, 0]],
  ])("%s", (_, options, expected) => {
    const freedom = expected.filter((probability) => probability > 0).length - 1;
    const counts = frequencies({ ...ALL, ...options }, 20_000);
    expect(chiSquare(counts, expected)).toBeLessThan(LIMITS[freedom - 1]!);
  });

  test("and the chi-square would see a token that is a tenth too frequent", () => {
    const biased = [0.05, 0.44, 0.09, 0.23, 0.14, 0.05];
    expect(chiSquare(frequencies(ALL, 20_000), biased)).toBeGreaterThan(LIMITS[4]!);
  });
});

const distributions = fc
  .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 })
  .map((values) => {
    const total = values.reduce((sum, value) => sum + value, 0);
    return values.map((value) => value / total);
  });

test("greedy, the top 1 and a tiny nucleus are all the likeliest token", () => {
  fc.assert(
    fc.property(distributions, fc.integer(), (probabilities, seed) => {
      const row = odds(probabilities);
      const best = row.probabilities.indexOf(Math.max(...row.probabilities));
      const options: Partial<TokenChoice>[] = [{ greedy: true }, { topK: 1 }, { topP: 1e-9 }];
      expect(options.map((option) => chooseToken(row, 0, { ...ALL, ...option }, new Rng(seed)))).toEqual([
        best,
        best,
        best,
      ]);
    }),
  );
});

test("of equally likely tokens the first is taken", () => {
  const row = odds([0.1, 0.3, 0.3, 0.3, 0, 0]);
  for (const options of [{ greedy: true }, { topK: 1 }, { topP: 0.2 }]) {
    expect(chooseToken(row, 0, { ...ALL, ...options }, new Rng(1))).toBe(1);
  }
});

test("a token whose probability is 0 is never drawn", () => {
  const rng = new Rng(2);
  for (let i = 0; i < 200; i++) {
    expect(chooseToken(odds([0, 0.5, 0, 0.5, 0, 0]), 0, ALL, rng) % 2).toBe(1);
  }
});

test.each<Partial<TokenChoice>>([{}, { topK: 3 }, { topP: 0.9 }])(
  "when a banned token has all the probability, the likeliest other is taken: %j",
  (options) => {
    const row = {
      probabilities: Float32Array.of(0, 1, 0, 0, 0, 0),
      logprobs: Float32Array.of(-300, 0, -200, -150, -400, -200),
    };
    expect(chooseToken(row, 0, { ...ALL, ...options, banned: banning(1) }, new Rng(1))).toBe(3);
  },
);

test("among many tokens, ties and zeros, the same tokens are drawn as by a sort of the whole vocabulary", () => {
  const size = 3000;
  for (let seed = 0; seed < 200; seed++) {
    const rng = new Rng(seed);
    const peak = seed % 3 === 0 ? 1 : 30;
    const raw = Array.from({ length: size }, () =>
      rng.uniform() < 0.1 ? 0 : Math.fround(rng.uniform() ** peak),
    );
    const whole = raw.reduce((sum, value) => sum + value, 0);
    // A few digits, so that many are equal.
    const row = odds(raw.map((value) => Number((value / whole).toPrecision(2))));
    const banned = Uint8Array.from({ length: size }, () => (rng.uniform() < 0.05 ? 1 : 0));
    const topK = seed % 2 === 0 ? 0 : 1 + rng.integer(seed % 3 === 0 ? 2500 : 60);
    const topP = topK > 0 && seed % 4 === 1 ? 1 : rng.pick([0.5, 0.9, 0.95, 0.999]);
    const order = Array.from(banned.keys())
      .filter((token) => banned[token] === 0)
      .sort((a, b) => row.probabilities[b]! - row.probabilities[a]! || a - b);
    const kept = topK > 0 ? order.slice(0, topK) : order;
    const total = kept.reduce((sum, token) => sum + row.probabilities[token]!, 0);
    let nucleus = 0;
    const within = kept.filter((token) => {
      const isIn = nucleus < topP * total;
      if (isIn) nucleus += row.probabilities[token]!;
      return isIn;
    });
    let rest = new Rng(seed).uniform() * nucleus;
    const expected = within.find((token) => {
      rest -= row.probabilities[token]!;
      return rest < 0;
    });
    expect(chooseToken(row, 0, { greedy: false, topK, topP, banned }, new Rng(seed))).toBe(expected);
  }
});

test("of a large vocabulary every token is drawn as often as it is likely, and no banned one", () => {
  const size = 1003;
  const seeded = new Rng(5);
  const raw = Array.from({ length: size }, () => seeded.uniform() ** 4);
  const banned = Uint8Array.from({ length: size }, () => (seeded.uniform() < 0.1 ? 1 : 0));
  const whole = raw.reduce((sum, value) => sum + value, 0);
  const row = odds(raw.map((value) => value / whole));
  const allowed = raw.reduce((sum, value, token) => sum + (banned[token] === 0 ? value : 0), 0);
  const draws = 60_000;
  const rng = new Rng(6);
  const tenths = new Array<number>(10).fill(0);
  const tenthOf = (token: number) => Math.floor((10 * token) / size);
  const expected = new Array<number>(10).fill(0);
  for (const [token, value] of raw.entries()) {
    if (banned[token] === 0) expected[tenthOf(token)]! += value / allowed;
  }
  for (let i = 0; i < draws; i++) {
    const token = chooseToken(row, 0, { greedy: false, topK: 0, topP: 1, banned }, rng);
    expect(banned[token]).toBe(0);
    tenths[tenthOf(token)]! += 1;
  }
  // The 99.9 % point at 9 degrees of freedom.
  expect(chiSquare(tenths, expected)).toBeLessThan(27.88);
});
