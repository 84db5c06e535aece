import { expect, test } from "vitest";
import { askedWait } from "./retry-after.ts";

test.each([
  ["seconds", "7", 7000],
  ["a part of a second", "0.5", 500],
  ["less than none", "-3", 0],
  ["a date", "Tue, 01 Dec 2026 00:01:00 GMT", 60_000],
  ["a date that is past", "Mon, 30 Nov 2026 00:00:00 GMT", 0],
  ["nothing", " ", undefined],
  ["no header", null, undefined],
  ["neither", "soon", undefined],
])("a server asks to wait: %s", (_, header, wait) => {
  expect(askedWait(header, Date.UTC(2026, 11, 1))).toBe(wait);
});
