import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../../errors/index.ts";
import { SPLITS } from "../task.ts";
import { digitScans } from "./scans.ts";
import { splitScans, warmStartScans } from "./split.ts";

function perDigit(indices: readonly number[]): number[] {
  const { labels } = digitScans();
  return Array.from({ length: 10 }, (_, digit) => indices.filter((i) => labels[i] === digit).length);
}

describe("splitScans", () => {
  test("train, validation and test share no scan and leave none out", () => {
    const all = SPLITS.flatMap((split) => splitScans(split));
    expect(SPLITS.map((split) => splitScans(split).length)).toEqual([1200, 250, 347]);
    expect(new Set(all).size).toBe(1797);
  });

  test("digits are balanced", () => {
    expect(perDigit(splitScans("train"))).toEqual(new Array(10).fill(120));
    expect(perDigit(splitScans("validation"))).toEqual(new Array(10).fill(25));
    expect(perDigit(splitScans("test"))).toEqual([33, 37, 32, 38, 36, 37, 36, 34, 29, 35]);
  });

  test("the split never changes, or old results would have seen new test scans", () => {
    const text = SPLITS.map((split) => splitScans(split).join()).join(";");
    expect(createHash("sha256").update(text).digest("hex")).toBe(
      "5ac06fb86373fbc99b6b9635c3b3750c4a2ecf19605ba5578d457e6aff333530",
    );
  });
});

describe("warmStartScans", () => {
  test("so many training scans, as balanced as can be", () => {
    const train = new Set(splitScans("train"));
    for (const n of [1, 7, 30, 80, 1200]) {
      const scans = warmStartScans(n, 3);
      expect(new Set(scans).size).toBe(n);
      expect(scans.every((scan) => train.has(scan))).toBe(true);
      expect(Math.max(...perDigit(scans)) - Math.min(...perDigit(scans))).toBeLessThanOrEqual(1);
    }
  });

  test("depends on the seed alone, and fewer scans are a part of more", () => {
    expect(warmStartScans(30, 1)).toEqual(warmStartScans(30, 1));
    expect(warmStartScans(30, 1)).not.toEqual(warmStartScans(30, 2));
    expect(warmStartScans(80, 1).slice(0, 30)).toEqual(warmStartScans(30, 1));
  });

  test.each([0, -1, 2.5, 1201, Number.NaN])("%d scans: a config error", (n) => {
    expect(() => warmStartScans(n, 1)).toThrow(ConfigError);
  });
});
