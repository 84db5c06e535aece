import { expect, test } from "vitest";
import { equivalent } from "../equivalent.ts";

test.each([
  ["(1\\pm\\sqrt5)^2", "(1+\\sqrt5)^2, (1-\\sqrt5)^2", true],
  ["(1\\pm\\sqrt5)^2", "(1+\\sqrt5)^2, (1+\\sqrt5)^2", false],
  ["1:\\pm2", "1:2, 1:-2", true],
  ["\\{\\pm 1\\}", "\\{1,-1\\}", true],
  ["x=\\pm\\sqrt{2}", "\\pm\\sqrt{2}", true],
  ["\\sin(\\pm x)", "\\sin(\\pm x)", true],
  ["\\sin(\\pm x)", "\\sin(x)", false],
])("± within an expression: %s and %s", (a, b, isSame) => {
  expect([equivalent(a, b), equivalent(b, a)]).toEqual([isSame, isSame]);
});
