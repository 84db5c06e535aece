import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError } from "../errors/index.ts";
import { Rng } from "./random.ts";

const draw = (rng: Rng, count: number) => Array.from({ length: count }, () => rng.word());

describe("Rng", () => {
  test("is xoshiro128**: the first words from state 1, 2, 3, 4", () => {
    const rng = Rng.restore({ key: [1, 2, 3, 4], words: [1, 2, 3, 4] });
    expect(draw(rng, 10)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  test("gives the same stream for the same seed and another for another", () => {
    expect(draw(new Rng(7), 8)).toEqual(draw(new Rng(7), 8));
    expect(draw(new Rng(7), 8)).not.toEqual(draw(new Rng(8), 8));
    expect(draw(new Rng("seven"), 8)).not.toEqual(draw(new Rng(7), 8));
  });

  test("draws this stream for seed 7 in every version", () => {
    expect(draw(new Rng(7), 3)).toEqual([4113642478, 3408222592, 3599010110]);
  });

  test("continues from a state that went through JSON", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 50 }), (seed, drawn) => {
        const rng = new Rng(seed);
        draw(rng, drawn);
        const later = Rng.restore(JSON.parse(JSON.stringify(rng.state())));
        expect(draw(later, 5)).toEqual(draw(rng, 5));
        expect(later.fork("a").word()).toBe(rng.fork("a").word());
      }),
    );
  });

  test("forks by label alone: draws of parent or sibling do not move a fork", () => {
    const parent = new Rng(3);
    const before = draw(parent.fork("rollout"), 4);
    draw(parent, 100);
    draw(parent.fork("data"), 100);
    expect(draw(parent.fork("rollout"), 4)).toEqual(before);
    expect(draw(parent.fork("rollouts"), 4)).not.toEqual(before);
    expect(draw(parent.fork("a").fork("b"), 4)).not.toEqual(draw(parent.fork("ab"), 4));
  });

  test("has no seed or label collisions among many", () => {
    const root = new Rng(1);
    const seen = new Set<string>();
    for (let i = 0; i < 2000; i++) {
      seen.add(draw(new Rng(i), 2).join());
      seen.add(draw(root.fork(i), 2).join());
    }
    expect(seen.size).toBe(4000);
  });

  test("draws uniforms in range with the right mean and variance", () => {
    const rng = new Rng(11);
    const values = Array.from({ length: 20_000 }, () => rng.uniform());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
    expect(rng.uniform(-2, -1)).toBeLessThan(-1);
  });

  test("draws integers of every value alike", () => {
    const rng = new Rng(12);
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 14_000; i++) counts[rng.integer(7)]!++;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
    expect(rng.integer(1)).toBe(0);
  });

  test("draws normals with mean 0 and deviation 1", () => {
    const rng = new Rng(13);
    const values = Array.from({ length: 20_000 }, () => rng.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(square - 1)).toBeLessThan(0.05);
    expect(values.filter((value) => Math.abs(value) < 1.96).length / values.length).toBeCloseTo(0.95, 2);
  });

  test("shuffles into every order alike, lists and typed arrays, in place", () => {
    const rng = new Rng(14);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = rng.shuffle([1, 2, 3]).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
    const list = Int32Array.from({ length: 50 }, (_, i) => i);
    expect(rng.shuffle(list)).toBe(list);
    expect([...list].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  test("picks one of the items", () => {
    const rng = new Rng(15);
    expect(new Set(Array.from({ length: 50 }, () => rng.pick(["a", "b"])))).toEqual(new Set(["a", "b"]));
    expect(() => rng.pick([])).toThrow(NumericError);
  });

  test("rejects impossible seeds, bounds and states", () => {
    expect(() => new Rng(0.5)).toThrow(NumericError);
    expect(() => new Rng(1).integer(0)).toThrow(NumericError);
    expect(() => Rng.restore({ key: [1, 2, 3, 4], words: [0, 0, 0, 0] })).toThrow(NumericError);
    expect(() => Rng.restore({ key: [1, 2, 3], words: [1, 2, 3, 4] })).toThrow(NumericError);
    expect(() => Rng.restore({ key: [1, 2, 3, 4], words: [1, 2, 3, -4] })).toThrow(NumericError);
  });
});
