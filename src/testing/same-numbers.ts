/**
 * @module
 * A short cut of `toEqual` for typed arrays: a plain loop finds identical arrays equal, where the matcher lists the keys
 * of both. Other values are left to the matcher, which says where they differ.
 */
import { expect } from "vitest";

type Numbers = ArrayLike<unknown> & ArrayBufferView;

const isNumbers = (value: unknown): value is Numbers =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);

/** True of two typed arrays of one class with the same numbers, 0 and −0 apart and NaN the same; else undefined. */
function sameNumbers(a: unknown, b: unknown): true | undefined {
  if (!isNumbers(a) || !isNumbers(b)) return undefined;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b) || a.length !== b.length) return undefined;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return undefined;
  return true;
}

// Imported once a worker, unlike the setup file: testers add up.
expect.addEqualityTesters([sameNumbers]);
