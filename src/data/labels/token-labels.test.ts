import fc from "fast-check";
import { expect, test } from "vitest";
import type { LabelledRole, TokenLabel } from "../task.ts";
import type { LabelledSpan } from "./span.ts";
import { tokenLabels } from "./token-labels.ts";

const span = (
  start: number,
  end: number,
  role: LabelledRole,
  correct: boolean | null = null,
): LabelledSpan => ({ start, end, role, statement: `${role} ${start}`, correct, follows: null, right: [] });

const shown = (labels: readonly TokenLabel[]) => labels.map(({ role, correct }) => [role, correct]);

test.each<[string, readonly LabelledSpan[], [LabelledRole, boolean | null]]>([
  ["touched by none", [span(5, 6, "image", true)], ["other", null]],
  [
    "of one role: right if all are",
    [span(0, 1, "image", true), span(2, 3, "image", false)],
    ["image", false],
  ],
  [
    "right where one is and the other has nothing to judge",
    [span(0, 1, "reasoning"), span(1, 2, "reasoning", true)],
    ["reasoning", true],
  ],
  [
    "image before reasoning, whose correctness does not count then",
    [span(0, 1, "reasoning", false), span(1, 2, "image", true)],
    ["image", true],
  ],
  ["reasoning before other", [span(0, 1, "other"), span(2, 3, "reasoning", false)], ["reasoning", false]],
  ["wider than the token", [span(0, 9, "reasoning", true)], ["reasoning", true]],
])("a token %s", (_, spans, expected) => {
  expect(shown(tokenLabels(["abc"], spans))).toEqual([expected]);
});

test("a token belongs to the statement of the first span of its role", () => {
  const spans = [span(1, 2, "image"), span(0, 1, "image"), span(2, 3, "reasoning")];
  expect(tokenLabels(["abc"], spans)[0]!.statement).toBe("image 0");
});

test("tokens without text are other, and shift nothing", () => {
  expect(shown(tokenLabels(["ab", "", "c"], [span(1, 3, "image", true)]))).toEqual([
    ["image", true],
    ["other", null],
    ["image", true],
  ]);
});

test("labels do not depend on the order of spans, and cover every touched token, however the text is cut", () => {
  const spans = fc.array(
    fc.record({
      start: fc.nat(20),
      length: fc.integer({ min: 1, max: 6 }),
      role: fc.constantFrom("image", "reasoning"),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(spans, fc.array(fc.nat(4), { minLength: 1, maxLength: 12 }), (given, lengths) => {
      const made = given.map(({ start, length, role }) =>
        span(start, start + length, role as LabelledRole, true),
      );
      const tokens = lengths.map((length) => "x".repeat(length));
      const labels = tokenLabels(tokens, made);
      expect(shown(tokenLabels(tokens, made.toReversed()))).toEqual(shown(labels));
      let start = 0;
      for (const [t, token] of tokens.entries()) {
        const characters = Array.from(token, (_, i) => start + i);
        const touches = made.some((one) => characters.some((at) => at >= one.start && at < one.end));
        expect(labels[t]!.role !== "other").toBe(touches);
        start += token.length;
      }
    }),
  );
});
