import { afterEach, describe, expect, test } from "vitest";
import { type CreditSignals, calibratedGram, creditMethod, creditSchema } from "../../credit/index.ts";
import { NumericError } from "../../errors/index.ts";
import { Rng } from "../../math/index.ts";
import { ClusterThreads } from "./cluster-threads.ts";

const TOKENS = 1024;
const method = creditMethod(creditSchema.parse({ kind: "at-rl" }));

/** Tokens that look at a few regions, phrase by phrase. */
function signals(seed: number, tokens = TOKENS): CreditSignals {
  const rng = new Rng(seed);
  const keys = 12;
  let region = 0;
  const rows = Array.from({ length: tokens }, () => {
    if (rng.uniform() < 0.15) region = rng.integer(keys);
    return Array.from({ length: keys }, (_, key) => 0.1 * rng.uniform() + (key === region ? 0.8 : 0));
  }).flat();
  return {
    entropy: new Float64Array(tokens).fill(seed),
    calibrated: calibratedGram(rows, { tokens, keys }, new Array(keys).fill(2)),
  };
}

let threads: ClusterThreads | undefined;
afterEach(async () => threads?.close());

const creditOf = (found: readonly CreditSignals[]) =>
  method.credit(found.map((own) => [{ mask: new Uint8Array(own.entropy!.length).fill(1), signals: own }]));

describe("clusters in threads", () => {
  test("give the weights that the method finds itself, and keep what they were given", async () => {
    threads = new ClusterThreads(2);
    const given = [0, 1, 2, 3].map((seed) => signals(seed));
    const reduced = await threads.reduced(given, method);
    expect(reduced.map((own) => Object.keys(own).sort())).toEqual(new Array(4).fill(["clusters", "entropy"]));
    expect(given.every(({ calibrated }) => calibrated?.gram.length === TOKENS ** 2)).toBe(true);
    expect(reduced.map(({ entropy }) => entropy?.[0])).toEqual([0, 1, 2, 3]);
    expect(creditOf(reduced)).toEqual(creditOf(given));
  });

  test("refuse a matrix that is not finite with a typed error", async () => {
    threads = new ClusterThreads(2);
    const given = [0, 1, 2].map((seed) => signals(seed));
    given[1]!.calibrated!.gram[5] = Number.NaN;
    await expect(threads.reduced(given, method)).rejects.toThrow(NumericError);
  });

  test.each([
    ["one core", 1, signals(0), method],
    ["little work", 2, signals(0, 16), method],
    ["a method that takes no clusters", 2, signals(0), { needs: method.needs }],
    ["an engine that found them", 2, signals(0), { ...method, needs: method.lighterNeeds! }],
  ])("are not looked for with %s", async (_, count, own, asked) => {
    threads = new ClusterThreads(count);
    const given = [own, own, own];
    expect(await threads.reduced(given, asked)).toBe(given);
  });
});
