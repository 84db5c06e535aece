import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { answerVerdict } from "../verify/index.ts";
import { completionRewards } from "./completion-reward.ts";
import { createReward, rewardEntrySchema } from "./registry.ts";
import type { Answered } from "./reward.ts";

const batch = ["a", "b", "c"].map(
  (id): Answered => ({
    problem: { id, images: [], question: "", answers: ["1"], columns: { weight: 2 } },
    text: id,
    afterThought: id,
    extracted: null,
    judgement: { extracted: null, score: 0, reason: "no answer" },
    tokens: new Int32Array(1),
    stopReason: "stop",
  }),
);

/** Rewards by a script that answers each line; `body` has the line in `asked`. */
async function rewards(
  body: string,
  { timeoutSeconds = 5, program = process.execPath, answered = batch } = {},
) {
  const script = join(temporaryDirectory(), "reward.mjs");
  writeFileSync(
    script,
    `import { createInterface } from "node:readline";
     for await (const line of createInterface({ input: process.stdin })) { const asked = JSON.parse(line); ${body} }`,
  );
  const entry = rewardEntrySchema.parse({
    kind: "command",
    command: [program, script],
    name: "own",
    timeoutSeconds,
  });
  const reward = createReward(entry, { verdict: answerVerdict(), maxCompletionTokens: 1 });
  try {
    return await completionRewards([reward], answered);
  } finally {
    await reward.close?.();
  }
}

describe("a command as a reward", () => {
  test("answers each completion, with a number, null or an object", async () => {
    const found = await rewards(
      'console.log(asked.completion === "a" ? asked.problem.columns.weight : asked.completion === "b" ? "null" : JSON.stringify({ reward: 0.5 }));',
    );
    expect(found.map(({ value }) => value)).toEqual([2, null, 0.5]);
    expect(found.every(({ failures }) => failures === undefined)).toBe(true);
  });

  test("that does not exist is named at once, for all", async () => {
    const found = await rewards("", { program: "no-such-program" });
    expect(found[2]?.failures?.[0]).toMatch(
      /^reward "own": no-such-program \S+reward\.mjs \(in .*\): cannot start: spawn no-such-program ENOENT \(problem c\)$/,
    );
  });

  test("that dies on a completion costs that one alone", async () => {
    const found = await rewards('if (asked.completion === "b") process.exit(3); console.log(1);');
    expect(found.map(({ value }) => value)).toEqual([1, null, 1]);
    expect(found[1]?.failures?.[0]).toMatch(/the process ended with exit code 3 \(problem b\)$/);
  });

  test("that dies every time is named for each", async () => {
    const found = await rewards("process.exit(1);");
    expect(found.map(({ failures }) => failures?.length)).toEqual([1, 1, 1]);
  });

  test("that prints rubbish for a completion costs that one alone", async () => {
    const found = await rewards('console.log(asked.completion === "b" ? "Loading model…" : 1);');
    expect(found.map(({ value }) => value)).toEqual([1, null, 1]);
    expect(found[1]?.failures?.[0]).toContain('expected a JSON line, got "Loading model…"');
  });

  test("that answers with something else than a number is named with it", async () => {
    const found = await rewards('console.log(asked.completion === "b" ? "{\\"score\\": 1}" : 1);');
    expect(found.map(({ value }) => value)).toEqual([1, null, 1]);
    expect(found[1]?.failures?.[0]).toContain(
      "expected a finite number or null, got an object with score (problem b)",
    );
  });

  test("that prints a line more for each completion gives no reward to any", async () => {
    const found = await rewards("console.log(1); console.log(2);");
    expect(found.map(({ value }) => value)).toEqual([null, null, null]);
    expect(found[0]?.failures?.[0]).toContain("wrote more lines than it read");
  });

  test("that prints a line more for one completion gives no reward to any", async () => {
    const found = await rewards('if (asked.completion === "b") console.log(2); console.log(1);');
    expect(found.map(({ value }) => value)).toEqual([null, null, null]);
  });

  test("that blocks from the start is given up after the time of one completion", async () => {
    const start = performance.now();
    const answered = Array.from({ length: 40 }, () => batch).flat();
    const found = await rewards("await new Promise(() => setInterval(() => {}, 1e6));", {
      timeoutSeconds: 0.3,
      answered,
    });
    expect(found).toHaveLength(120);
    expect(found[0]?.failures?.[0]).toContain("no answer to line 1 of 120 within 0.3 s (timeoutSeconds)");
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  test("that blocks on a completion costs that one alone", async () => {
    const found = await rewards(
      'if (asked.completion === "b") await new Promise(() => setInterval(() => {}, 1e6)); console.log(1);',
      { timeoutSeconds: 4 },
    );
    expect(found.map(({ value }) => value)).toEqual([1, null, 1]);
  });
});
