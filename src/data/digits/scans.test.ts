import { describe, expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import { digitScans, parseScans } from "./scans.ts";

describe("digitScans", () => {
  test("the asset is the one that assets/digits/README.md describes", () => {
    const scans = digitScans();
    const counts = Array.from(
      { length: 10 },
      (_, digit) => scans.labels.filter((label) => label === digit).length,
    );
    expect(scans.sha256).toBe("68aea062d35a127749050fa0e52dca09d6569ac08092c925610e0954e172dde2");
    expect(counts).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    expect(scans.pixels).toHaveLength(1797 * 64);
  });

  test("no two scans are equal, so disjoint indices are disjoint handwriting", () => {
    const { count, pixels } = digitScans();
    const seen = new Set(
      Array.from({ length: count }, (_, i) => pixels.subarray(64 * i, 64 * i + 64).join()),
    );
    expect(seen.size).toBe(count);
  });
});

describe("parseScans", () => {
  const scan = (grey: number, label: number) => [...new Array<number>(64).fill(grey), label];

  test("takes 64 grey levels and a label a scan", () => {
    const scans = parseScans(Uint8Array.from([...scan(3, 7), ...scan(16, 0)]), "here");
    expect([...scans.labels]).toEqual([7, 0]);
    expect([scans.pixels[63], scans.pixels[64]]).toEqual([3, 16]);
  });

  test.each([
    ["no bytes", [], "here: expected a whole number of scans of 65 bytes, got 0 bytes"],
    ["a cut file", scan(3, 7).slice(1), "got 64 bytes"],
    ["a grey level above ink", scan(17, 7), "in scan 0, got label 7 and greatest level 17"],
    ["a label that is no digit", [...scan(3, 7), ...scan(3, 10)], "in scan 1, got label 10"],
  ])("%s: a data error", (_, bytes, message) => {
    const parse = () => parseScans(Uint8Array.from(bytes), "here");
    expect(parse).toThrow(DataError);
    expect(parse).toThrow(message);
  });
});
