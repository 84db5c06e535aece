import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ShapeError } from "../errors/index.ts";
import { fisherRaoDistance } from "./fisher-rao.ts";

const masses = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });

describe("fisherRaoDistance", () => {
  test.each([
    ["disjoint distributions are π apart", [1, 0], [0, 1], Math.PI],
    ["half the mass moved away is π/2", [1, 0], [1, 1], Math.PI / 2],
    ["a fair and a 1:3 coin", [1, 1], [1, 3], 2 * Math.acos(Math.sqrt(1 / 8) + Math.sqrt(3 / 8))],
    ["no mass is no distance", [0, 0], [1, 1], 0],
    ["nothing at all", [], [], 0],
  ])("%s", (_, p, q, expected) => {
    expect(fisherRaoDistance(p, q)).toBeCloseTo(expected, 14);
  });

  test("of disjoint distributions is exactly π, not the number after it", () => {
    expect(fisherRaoDistance([1, 0], [0, 1])).toBe(Math.PI);
    expect(fisherRaoDistance([0.3, 0.1, 0], [0, 0, 1e-160])).toBe(Math.PI);
  });

  test("is a metric on distributions, within [0, π], and blind to scale", () => {
    fc.assert(
      fc.property(masses, masses, masses, (p, q, r) => {
        const distance = fisherRaoDistance(p, q);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThanOrEqual(Math.PI);
        expect(fisherRaoDistance(q, p)).toBeCloseTo(distance, 12);
        expect(fisherRaoDistance(p, p)).toBe(0);
        expect(distance).toBeLessThanOrEqual(fisherRaoDistance(p, r) + fisherRaoDistance(r, q) + 1e-12);
        expect(
          fisherRaoDistance(
            p.map((mass) => mass * 7),
            q,
          ),
        ).toBeCloseTo(distance, 12);
      }),
    );
  });

  test("keeps its digits where the distributions are close", () => {
    const step = 1e-7;
    const distance = fisherRaoDistance([0.5, 0.5], [0.5 + step, 0.5 - step]);
    expect([distance]).toBeAllclose([2 * step], { rtol: 1e-8, atol: 0 });
  });

  test("rejects distributions over different supports", () => {
    expect(() => fisherRaoDistance([1], [1, 2])).toThrow(ShapeError);
  });
});
