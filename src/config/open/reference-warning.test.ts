import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesSchema, openFileSource, openSource } from "../../data/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { tinyConfig } from "../../testing/tiny-run.ts";
import { answerVerdict } from "../../verify/index.ts";
import { createTask } from "../tasks.ts";
import { referenceWarning } from "./reference-warning.ts";

async function warningOf(...answers: string[]) {
  const path = join(temporaryDirectory(), "rows.jsonl");
  writeFileSync(path, answers.map((answer) => `${JSON.stringify({ question: "?", answer })}\n`).join(""));
  return referenceWarning(await openFileSource(filesSchema.parse({ path }), "train"), answerVerdict());
}

test("references that a completion can match give no warning", async () => {
  expect(await warningOf("no", "3/4", "a red bus")).toBeUndefined();
  const { train } = createTask(tinyConfig().data, { seed: 0, evaluationSeed: 1 });
  expect(await referenceWarning(await openSource(train), answerVerdict())).toBeUndefined();
});

test("a verdict that accepts no reference gives a warning with place, reference and count", async () => {
  const never = { name: "never", judge: () => ({ extracted: null, score: 0, reason: "nothing is right" }) };
  const path = join(temporaryDirectory(), "rows.jsonl");
  writeFileSync(path, `${JSON.stringify({ question: "?", answer: "7" })}\n`.repeat(3));
  const source = await openFileSource(filesSchema.parse({ path }), "train");
  const warning = await referenceWarning(source, never);
  expect(warning).toContain("none of the first 3 references can be matched by any completion");
  expect(warning).toContain('rows.jsonl line 1: "7": nothing is right (verdict never)');
});
