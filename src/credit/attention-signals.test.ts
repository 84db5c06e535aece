import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, NumericError, ShapeError } from "../errors/index.ts";
import { attentionSignals } from "./attention-signals.ts";

interface Case {
  name: string;
  rows: number[];
  tokens: number;
  keys: number;
  kind: number[];
  first: number;
  signals: Record<"visualMass" | "textMass" | "visualShift" | "textShift", number[]>;
  textShiftShared: number[];
}
const path = new URL("../../fixtures/credit/dyco-rl.json", import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(path, "utf8")).cases;

/** Two image keys, one text key, then the completion's own keys. */
const kind = Uint8Array.of(2, 2, 1, 1, 1);
const shape = { tokens: 2, keys: 5 };
const rows = [0.4, 0.4, 0.1, 0.1, 0, 0.4, 0, 0.1, 0.1, 0.4];

describe("attentionSignals", () => {
  test("has values that can be checked on paper", () => {
    const signals = attentionSignals(rows, shape, kind, 3);
    expect(signals.visualMass).toBeAllclose([0.8, 0.4]);
    expect(signals.textMass).toBeAllclose([0.2, 0.6]);
    // The image: (½, ½) to (1, 0) is an angle of π/4, twice that in distance.
    expect(signals.visualShift).toBeAllclose([0, Math.PI / 2]);
    // The text: (½, ½, −) to (⅙, ⅙, ⅔), where the newest key adds nothing to the sum.
    expect(signals.textShift).toBeAllclose([0, 2 * Math.acos(2 * Math.sqrt(1 / 12))]);
  });

  test("with shared support does not count the mass of the newest key against the row", () => {
    const signals = attentionSignals(rows, shape, kind, 3, { textSupport: "shared" });
    expect([...signals.textShift]).toEqual([0, 0]);
    expect(signals.textMass).toBeAllclose([0.2, 0.6]);
  });

  test.each(cases)("agrees with numpy: $name", (recorded) => {
    const { tokens, keys, first } = recorded;
    const signals = attentionSignals(recorded.rows, { tokens, keys }, Uint8Array.from(recorded.kind), first);
    for (const name of ["visualMass", "textMass", "visualShift", "textShift"] as const) {
      expect(signals[name]).toBeAllclose(recorded.signals[name], { rtol: 1e-10, atol: 1e-10 });
    }
    const shared = attentionSignals(recorded.rows, { tokens, keys }, Uint8Array.from(recorded.kind), first, {
      textSupport: "shared",
    });
    expect(shared.textShift).toBeAllclose(recorded.textShiftShared, { rtol: 1e-10, atol: 1e-10 });
  });

  test("puts padding in neither set and looks no further than the query's own key", () => {
    const padded = attentionSignals(
      [0.5, 0.2, 0.2, 0.1],
      { tokens: 1, keys: 4 },
      Uint8Array.of(0, 2, 1, 1),
      2,
    );
    expect([padded.visualMass[0], padded.textMass[0]]).toEqual([0.2, 0.2]);
  });

  test("has shift 0 where a row has no mass in the modality", () => {
    const signals = attentionSignals(
      [0, 0, 0.5, 0.5, 0, 0.5, 0.5, 0, 0, 0, 0, 0, 1, 0, 0],
      { tokens: 3, keys: 5 },
      kind,
      2,
    );
    expect([...signals.visualShift]).toEqual([0, 0, 0]);
    expect([...signals.textShift]).toEqual([0, 0, 0]);
  });

  test("of no tokens is empty", () => {
    expect(attentionSignals([], { tokens: 0, keys: 5 }, kind, 3).textMass).toHaveLength(0);
  });

  test("splits every row's mass, is bounded by π, and does not change with more padding", () => {
    const row = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 3, maxLength: 3 }), (raw) => {
        const causal = raw.map((values, t) => values.map((value, key) => (key <= 3 + t ? value : 0)));
        const normal = causal.map((values) => {
          const sum = values.reduce((total, value) => total + value, 0);
          return values.map((value) => value / sum);
        });
        const kinds = [1, 2, 2, 1, 1, 1];
        const signals = attentionSignals(normal.flat(), { tokens: 3, keys: 6 }, kinds, 3);
        const total = signals.visualMass.map((mass, t) => mass + signals.textMass[t]!);
        expect(total).toBeAllclose([1, 1, 1]);
        for (const shift of [...signals.visualShift, ...signals.textShift]) {
          expect(shift >= 0 && shift <= Math.PI).toBe(true);
        }
        const padded = normal.flatMap((values) => [0, ...values, 0]);
        const wider = attentionSignals(padded, { tokens: 3, keys: 8 }, [0, ...kinds, 0], 4);
        expect(wider).toEqual(signals);
      }),
    );
  });

  test.each([Number.NaN, -0.1, Number.POSITIVE_INFINITY])("rejects an entry of %f and says where", (bad) => {
    const broken = [...rows];
    broken[6] = bad;
    expect(() => attentionSignals(broken, shape, kind, 3)).toThrow(NumericError);
    expect(() => attentionSignals(broken, shape, kind, 3)).toThrow("token 1, key 1");
  });

  test("rejects lengths that do not fit", () => {
    expect(() => attentionSignals(rows.slice(1), shape, kind, 3)).toThrow(ShapeError);
    expect(() => attentionSignals(rows, shape, kind.slice(1), 3)).toThrow(ShapeError);
    expect(() => attentionSignals(rows, shape, kind, 4)).toThrow(ShapeError);
    expect(() => attentionSignals(rows, shape, kind, -1)).toThrow(ShapeError);
    expect(() => attentionSignals(rows, shape, [2, 2, 1, 1, 3], 3)).toThrow(NumericError);
  });

  test("rejects options and arrays that only plain JavaScript could pass", () => {
    // @ts-expect-error: no such support
    expect(() => attentionSignals(rows, shape, kind, 3, { textSupport: "own-keys" })).toThrow(ConfigError);
    // @ts-expect-error: no such measure
    expect(() => attentionSignals(rows, shape, kind, 3, { measure: "entropy" })).toThrow(
      "sharpness, divergence",
    );
    // @ts-expect-error: no kinds
    expect(() => attentionSignals(rows, shape, undefined, 3)).toThrow("kind: expected an array");
  });
});
