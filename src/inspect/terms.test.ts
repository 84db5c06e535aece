import { expect, test } from "vitest";
import { SIGNALS } from "../credit/index.ts";
import { termText } from "./terms.ts";

test.each(
  SIGNALS.flatMap(({ parts }) => parts.flatMap(({ shape, label }) => (shape === "T" ? [label] : []))),
)("the signal %s is explained", (label) => {
  expect(termText(label)).toMatch(/\.$/);
});

test("a name of another object is no term", () => {
  expect(termText("constructor")).toBeUndefined();
});
