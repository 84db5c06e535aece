import { expect, test } from "vitest";
import { verdictName } from "./verdict-name.ts";

test("a verdict's name has the options that are not the defaults", () => {
  expect(verdictName("mine", {})).toBe("mine");
  expect(verdictName("mine", { from: "mark", places: undefined, strict: true }, { from: "anywhere" })).toBe(
    "mine, from mark, strict true",
  );
  expect(verdictName("mine", { units: ["m"] }, { units: ["m"] })).toBe("mine");
});

test("long values differ by their hash", () => {
  const [first, second] = ["a", "b"].map((letter) => verdictName("mine", { text: letter.repeat(500) }));
  expect(first).toMatch(/^mine, text sha256 [0-9a-f]{12}$/);
  expect(second).not.toBe(first);
});
