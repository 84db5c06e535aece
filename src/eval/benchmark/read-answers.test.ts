import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { type ChatReply, type ChatServer, startChatServer } from "../../testing/chat-server.ts";
import { GREEDY, sums } from "../../testing/made-benchmark.ts";
import { answerOptions, endJournal, freshFile, journalOf } from "../../testing/made-evaluation.ts";
import { quickClock } from "../../testing/quick-clock.ts";
import { chatModelSchema } from "../chat-model-options.ts";
import { chatRespondent } from "../chat-respondent.ts";
import { answerBenchmark } from "./answer-benchmark.ts";
import { readAnswers } from "./read-answers.ts";
import { benchmarkReport } from "./report.ts";

let server: ChatServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A server with this usage, under test. */
async function served(usage: object | undefined) {
  const reply = ({ n = 1 }: { readonly n?: number }): ChatReply => ({
    status: 200,
    body: JSON.stringify({
      choices: Array.from({ length: n }, (_, index) => ({
        index,
        message: { role: "assistant", content: `${index}` },
        finish_reason: "stop",
      })),
      ...(usage && { usage }),
    }),
  });
  server = await startChatServer((call) => reply(call as { readonly n?: number }));
  const options = chatModelSchema.parse({ url: server.url, model: "qwen" });
  return chatRespondent(options, { clock: quickClock() });
}

describe("the answers of a server can be read back", () => {
  test.each([
    ["a number of tokens that is not whole", { prompt_tokens: 10, completion_tokens: 7 }, 7 / 3],
    ["no number of tokens", undefined, null],
    ["a number of tokens that is none", { prompt_tokens: -1, completion_tokens: -1 }, null],
  ])("with %s", async (_, usage, tokens) => {
    const path = freshFile();
    const protocol = { ...GREEDY, samples: 3, temperature: 1 };
    const respondent = await served(usage);
    await answerBenchmark(answerOptions(path, { respondent, protocol, problems: 2 }));
    // A second evaluation resumes from the file.
    await answerBenchmark(answerOptions(path, { respondent, protocol, problems: 3 }));
    const recorded = readAnswers(path);
    expect(recorded.answers.map(({ completionTokens }) => completionTokens)).toEqual(
      new Array(9).fill(tokens),
    );
    const header = { model: "m", verdict: "v" };
    expect(benchmarkReport(sums(20), { ...recorded, header })).toMatchObject({
      problems: 3,
      completionTokensMean: tokens === null ? null : expect.closeTo(tokens, 12),
    });
  });
});

describe("the end of an answers file", () => {
  test("without a line end is a whole line where it is one, and gets its line end on resume", async () => {
    const path = freshFile();
    await answerBenchmark(answerOptions(path));
    endJournal(path);
    const whole = readFileSync(path, "utf8");
    writeFileSync(path, whole.trimEnd());
    expect(readAnswers(path)).toMatchObject({ cutBytes: 0 });
    expect(readAnswers(path).answers).toHaveLength(20);
    expect(readFileSync(path, "utf8")).toBe(whole.trimEnd());
    expect(journalOf(path).answers).toHaveLength(20);
    endJournal(path);
    expect(readFileSync(path, "utf8")).toBe(whole);
  });

  test.each(['{"problem":"sum-20","index":20', "7", "\u{fffd}"])(
    "%j is a line that was cut short",
    async (tail) => {
      const path = freshFile();
      await answerBenchmark(answerOptions(path));
      endJournal(path);
      const whole = readFileSync(path, "utf8");
      appendFileSync(path, tail);
      expect(readAnswers(path)).toMatchObject({ cutBytes: Buffer.byteLength(tail) });
      journalOf(path);
      endJournal(path);
      expect(readFileSync(path, "utf8")).toBe(whole);
    },
  );
});

test.each([
  [{ index: 90, sample: 0 }, "line 4: a verdict on answer 0 to row 90, which is not there"],
  [{ index: 0, sample: 0 }, "line 4: a second verdict on answer 0 to problem sum-0"],
])("a verdict on %j, which expects none, is no line of the file", async (key, message) => {
  const path = freshFile();
  await answerBenchmark(answerOptions(path, { problems: 2 }));
  const verdict = { event: "verdict", ...key, extracted: null, score: 1, reason: "" };
  appendFileSync(path, `${JSON.stringify(verdict)}\n`);
  expect(() => readAnswers(path)).toThrow(message);
});
