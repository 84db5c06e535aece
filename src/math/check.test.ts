import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../errors/index.ts";
import {
  annealedSteps,
  gae,
  groupAdvantages,
  leaveOneOutAdvantages,
  requireArray,
  requireFinite,
  requireLength,
  sequenceMean,
  spearman,
  studentProbability,
  whiten,
} from "./index.ts";

test("arrays have their length and, where they count, finite numbers", () => {
  expect(() => requireArray("rows", undefined)).toThrow("rows: expected an array, got undefined");
  expect(() => requireArray("rows", null)).toThrow("rows: expected an array, got null");
  expect(() => requireArray("rows", "12")).toThrow(ShapeError);
  expect(() => requireLength("rows", [1], 2)).toThrow("rows: expected shape [2], got [1]");
  expect(() => requireFinite("rows", [1, Number.NaN])).toThrow("rows[1]: expected a finite number, got NaN");
  expect(() => requireFinite("rows", [1, Number.NaN], [1, 0])).not.toThrow();
});

describe("NaN, infinite and missing input is refused, not passed on", () => {
  const none = Number.NaN;
  test.each<[name: string, call: () => unknown, error: typeof NumericError | typeof ShapeError]>([
    ["spearman of NaN", () => spearman([1, none, 3], [1, 2, 3]), NumericError],
    ["spearman of an infinite number", () => spearman([1, 2, 3], [1, Infinity, 3]), NumericError],
    ["Student's t at NaN", () => studentProbability(none, 3), NumericError],
    ["rewards too far apart", () => groupAdvantages([1.7e308, -1.7e308]), NumericError],
    ["the same against the others", () => leaveOneOutAdvantages([1e308, -1e308]), NumericError],
    ["no rewards at all", () => groupAdvantages(undefined as never), ShapeError],
    ["a token reward of NaN", () => gae([none], [0]), NumericError],
    ["a value of NaN", () => gae([0], [none]), NumericError],
    ["whitening of NaN", () => whiten([[1, none]], [[1, 1]]), NumericError],
    ["whitening without masks", () => whiten([[1, 2, 3]], []), ShapeError],
    ["whitening with a shorter mask", () => whiten([[1, 2, 3]], [[1]]), ShapeError],
    ["means over no completions", () => sequenceMean([[1]], 0), NumericError],
    ["steps of NaN", () => annealedSteps({ initial: none, slope: 1, middle: 0.5 }, 0.5), NumericError],
  ])("%s", (_, call, error) => {
    expect(call).toThrow(error);
  });

  test("but masked numbers are never read", () => {
    expect([...gae([none, 1], [none, 0.5], { mask: [0, 1] }).advantages]).toEqual([0, 0.5]);
    expect(whiten([[none, 1, 3]], [[0, 1, 1]])[0]![0]).toBe(0);
    expect([...sequenceMean([[0]], 0)[0]!]).toEqual([0]);
  });
});
