import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError, PartError } from "../../errors/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { resolveConfig } from "../resolve-config.ts";
import { openPromptFormat } from "./prompt-format.ts";

async function opened(part: string) {
  const file = join(temporaryDirectory(), "format.ts");
  writeFileSync(file, `export const own = { create: () => ${part} };`);
  return openPromptFormat(resolveConfig({ file: { prompt: { module: file } } }));
}
const problem = { id: "7", images: [], question: "How many?", answers: ["1"], columns: {} };

test.each([
  ["a reward", "() => [1]", "expected an object with some of system, suffix, question, got a function"],
  ["a text", '"boxed"', 'expected an object with some of system, suffix, question, got "boxed"'],
  ["a misspelt member", '({ sufix: "!" })', 'got "sufix"; did you mean "suffix"?'],
  ["a number as suffix", "({ suffix: 3 })", "suffix: expected string, got 3"],
  ["a text as question", '({ question: "?" })', 'question: expected a function of the problem, got "?"'],
])("%s is no prompt format", async (_, part, message) => {
  const opening = opened(part);
  await expect(opening).rejects.toThrow(ConfigError);
  await expect(opening).rejects.toThrow(/^prompt format \(.+format\.ts own\): /);
  await expect(opening).rejects.toThrow(message);
});

test("a question that is no text, or throws, names the format and the problem", async () => {
  const wrong = await opened("({ question: () => 3 })");
  expect(() => wrong.question?.(problem)).toThrow(PartError);
  expect(() => wrong.question?.(problem)).toThrow(/own\): question: expected a text, got 3 \(problem 7\)/);
  const thrown = await opened('({ question() { throw new Error("no column"); } })');
  expect(() => thrown.question?.(problem)).toThrow(/own\): question \(problem 7\): no column/);
});

test("a format that is a class keeps the members of its class", async () => {
  const format = await opened(
    'new (class { get suffix() { return "!"; } question(p) { return this.suffix + p.question; } })()',
  );
  expect(format.suffix).toBe("!");
  expect(format.question?.(problem)).toBe("!How many?");
});
