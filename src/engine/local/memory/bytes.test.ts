import { expect, test } from "vitest";
import { formatBytes, parseBytes } from "./bytes.ts";

test.each([
  [5 * 2 ** 30, 5 * 2 ** 30],
  ["5 GiB", 5 * 2 ** 30],
  ["1.5GiB", 1.5 * 2 ** 30],
  ["900 MB", 9e8],
  [" 64 KiB ", 65_536],
  ["2000000000", 2e9],
  ["12 B", 12],
])("%s is %d bytes", (amount, bytes) => {
  expect(parseBytes(amount)).toBe(bytes);
});

test.each([
  0,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  "",
  "GiB",
  "5 gib",
  "5 GB/s",
  "-5 GiB",
  "0 B",
  "1e9",
  "5,5 GiB",
])("%s is no amount", (amount) => {
  expect(parseBytes(amount)).toBeUndefined();
});

test("amounts are written in GiB, or in MiB below one", () => {
  expect(formatBytes(2.5 * 2 ** 30)).toBe("2.50 GiB");
  expect(formatBytes(300 * 2 ** 20)).toBe("300 MiB");
});
