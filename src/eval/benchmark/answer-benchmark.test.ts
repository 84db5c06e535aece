import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { startChatServer } from "../../testing/chat-server.ts";
import { adder, GREEDY, sums } from "../../testing/made-benchmark.ts";
import { endJournal, freshFile, journalOf, answerOptions as options } from "../../testing/made-evaluation.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { chatModelSchema } from "../chat-model-options.ts";
import { chatRespondent } from "../chat-respondent.ts";
import { answerBenchmark } from "./answer-benchmark.ts";
import { AnswerJournal } from "./answer-journal.ts";
import type { AnswersHeader } from "./answer-record.ts";
import { readAnswers, unfinishedNote } from "./read-answers.ts";

const lines = (path: string) => readFileSync(path, "utf8").trimEnd().split("\n");

describe("the answers of a benchmark", () => {
  test("are on disk with problem, prompt, text, verdict and all that judging again needs", async () => {
    const path = freshFile();
    expect(await answerBenchmark(options(path, { problems: 2 }))).toBe(true);
    expect(
      lines(path)
        .slice(1)
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        problem: "sum-0",
        index: 0,
        sample: 0,
        kind: "even",
        question: "1 + 0 = ?",
        answers: ["1"],
        columns: { digit: 0 },
        completion: "answer 0: <answer>1</answer>",
        completionTokens: 5,
        promptTokens: 9,
        stopReason: "stop",
        extracted: "1",
        score: 1,
        reason: "right answer",
      },
      expect.objectContaining({ problem: "sum-1", extracted: "4", score: 0 }),
    ]);
  });

  test("of a stopped evaluation equal the answers of one that never stopped, none sampled twice", async () => {
    const protocol = { ...GREEDY, samples: 3, temperature: 1 };
    const whole = freshFile();
    await answerBenchmark(options(whole, { protocol }));
    const path = freshFile();
    let asked = 0;
    const respondent = adder({
      onCall: (problems) => {
        asked += problems;
      },
    });
    for (let stop = 1; ; stop++) {
      const controller = new AbortController();
      let calls = 0;
      const stopping = {
        ...respondent,
        respond: async (...words: Parameters<typeof respondent.respond>) => {
          const found = await respondent.respond(...words);
          calls += 1;
          if (calls === 2) controller.abort();
          return found;
        },
      };
      const journal = journalOf(path, protocol);
      const given = { protocol, journal, respondent: stopping, signal: controller.signal };
      const isWhole = await answerBenchmark(options(path, given));
      journal.close();
      if (isWhole) break;
      expect(stop).toBeLessThan(9);
    }
    expect(lines(path)).toEqual(lines(whole));
    // Each stop throws away one call of at most six problems, nothing that was recorded.
    expect(asked).toBeLessThanOrEqual(20 + 3 * 6);
  });

  test("continue after a line that a crash cut short, which is left out", async () => {
    const path = freshFile();
    const whole = freshFile();
    await answerBenchmark(options(whole));
    const bytes = readFileSync(whole);
    mkdirSync(join(path, ".."), { recursive: true });
    for (const end of [40, 600, 1000, bytes.length - 1]) {
      writeFileSync(path, bytes.subarray(0, end));
      const journal = journalOf(path);
      expect(await answerBenchmark(options(path, { journal }))).toBe(true);
      journal.close();
      expect(readFileSync(path, "utf8")).toBe(readFileSync(whole, "utf8"));
    }
  });

  test("leave out broken rows, named and counted, up to the share that is allowed", async () => {
    const path = freshFile();
    const { source } = sums(20, 5);
    await answerBenchmark(options(path, { source, maxBrokenShare: 0.5 }));
    const { answers, skipped } = readAnswers(path);
    expect(answers).toHaveLength(16);
    expect(skipped.map(({ index, message }) => [index, message])).toEqual(
      [4, 9, 14, 19].map((index) => [index, `sums row ${index}: is broken`]),
    );
    await expect(answerBenchmark(options(freshFile(), { source }))).rejects.toThrow("1 of 5 rows are broken");
    // A share of the twenty rows that there are: of a hundred, 15 would be permitted.
    const few = options(freshFile(), { source, maxBrokenShare: 0.15 });
    await expect(answerBenchmark(few)).rejects.toThrow("4 of 20 rows are broken");
  });

  test("leave out questions that a server cannot be asked, as they are in process", async () => {
    const server = await startChatServer(() => "1");
    try {
      const respondent = chatRespondent(chatModelSchema.parse({ url: server.url, model: "qwen" }));
      const { source: whole } = sums(20);
      const source = {
        ...whole,
        problem: async (index: number) => {
          const problem = await whole.problem(index);
          return index === 3 ? { ...problem, question: "What is in <image>?" } : problem;
        },
      };
      const path = freshFile();
      await answerBenchmark(options(path, { respondent, source, maxBrokenShare: 0.05 }));
      expect(server.calls).toHaveLength(19);
      expect(readAnswers(path).skipped).toMatchObject([
        {
          index: 3,
          isBroken: true,
          message: "problem sum-3: question: expected an image for each of 1 places <image>, got 0",
        },
      ]);
      await expect(answerBenchmark(options(freshFile(), { respondent, source }))).rejects.toThrow(
        /1 of 4 rows are broken, .*the last:\n {2}problem sum-3: question: expected an image/s,
      );
    } finally {
      await server.close();
    }
  });

  test("are asked in templates that the seed draws, the same on each resume", async () => {
    const protocol = {
      ...GREEDY,
      promptTemplates: ["{question}", "Think. {question}", "{question} Say why."],
    };
    const path = freshFile();
    await answerBenchmark(options(path, { protocol }));
    const { answers } = readAnswers(path);
    const asked = answers.map(({ prompt, question }) => prompt ?? question);
    for (const [i, text] of asked.entries()) expect(text).toContain(answers[i]!.question);
    const kinds = [/^Think\./, /Say why\.$/].map((kind) => asked.filter((text) => kind.test(text)).length);
    for (const count of kinds) expect(count).toBeGreaterThan(0);
    const again = freshFile();
    await answerBenchmark(options(again, { protocol, batchSize: 1 }));
    expect(lines(again)).toEqual(lines(path));
  });

  test("are each recorded when another problem's request fails", async () => {
    const path = freshFile();
    const failing = adder();
    const respondent = {
      ...failing,
      isSeparate: true,
      respond: async (...words: Parameters<typeof failing.respond>) => {
        if (words[0][0]!.id === "sum-3") throw new Error("the server fell over");
        return failing.respond(...words);
      },
    };
    await expect(answerBenchmark(options(path, { respondent }))).rejects.toThrow("the server fell over");
    expect(readAnswers(path).answers.map(({ problem }) => problem)).toEqual([
      "sum-0",
      "sum-1",
      "sum-2",
      "sum-4",
      "sum-5",
    ]);
  });
});

describe("an answers file", () => {
  test("that another evaluation writes is refused with its process, and stays as it is", async () => {
    const path = freshFile();
    await answerBenchmark(options(path, { problems: 2 }));
    const { header } = readAnswers(path);
    const before = lines(path);
    expect(() => new AnswerJournal(path, header)).toThrow(
      `${path}: process ${process.pid} on ${hostname()} is writing it`,
    );
    expect(lines(path)).toEqual(before);
    endJournal(path);
    new AnswerJournal(path, header).close();
    expect(readdirSync(dirname(path))).toEqual(["answers.jsonl"]);
  });

  test("of another model, protocol or verdict is refused with the difference", async () => {
    const path = freshFile();
    await answerBenchmark(options(path));
    expect(() => journalOf(path, { ...GREEDY, temperature: 1 })).toThrow(
      /has answers of another evaluation.*\n {2}temperature: recorded 0, now 1/,
    );
  });

  test("of other weights or another protocol is not advised to be judged again, of another verdict it is", () => {
    const path = freshFile();
    const header = {
      event: "evaluation",
      version: 1,
      benchmark: "sums",
      fingerprint: "f",
      model: "weights 1",
      verdict: "v",
      protocol: { temperature: 0 },
    } as const;
    new AnswerJournal(path, header).close();
    const refused = (more: Partial<AnswersHeader>) => {
      try {
        new AnswerJournal(path, { ...header, ...more });
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    };
    expect(refused({ model: "weights 2" })).toBe(
      `${path}: has answers of another model, or of other weights; give another --out:\n  model: recorded "weights 1", now "weights 2"`,
    );
    expect(refused({ model: "weights 2", verdict: "w" })).not.toContain("fovea score");
    expect(refused({ protocol: { temperature: 1 } })).not.toContain("fovea score");
    expect(refused({ verdict: "w" })).toBe(
      `${path}: has answers of another evaluation; give another --out, or judge them again with fovea score:\n  verdict: recorded "v", now "w"`,
    );
  });

  test("of another prompt, or of a setting that is gone, is refused with the difference", () => {
    const path = freshFile();
    const header = {
      event: "evaluation",
      version: 1,
      benchmark: "sums",
      fingerprint: "f",
      model: "m",
      verdict: "v",
      protocol: { temperature: 0, system: "Think." },
      prompt: { format: "plain" },
    } as const;
    new AnswerJournal(path, header).close();
    new AnswerJournal(path, header).close();
    expect(() => new AnswerJournal(path, { ...header, prompt: { format: "boxed" } })).toThrow(
      'prompt: recorded {"format":"plain"}, now {"format":"boxed"}',
    );
    expect(() => new AnswerJournal(path, { ...header, protocol: { temperature: 0 } })).toThrow(
      'system: recorded "Think.", now none',
    );
  });

  test("asked for another number of answers keeps its answers, and says the new number", async () => {
    const path = freshFile();
    await answerBenchmark(options(path));
    endJournal(path);
    const before = lines(path);
    const header = { ...JSON.parse(before[0]!), planned: 60 };
    const journal = new AnswerJournal(path, header);
    journal.skip({ event: "skipped", index: 30, isBroken: true, message: "broken" });
    journal.close();
    expect(JSON.parse(lines(path)[0]!)).toEqual(header);
    expect(lines(path).slice(1, -1)).toEqual(before.slice(1));
    expect(readAnswers(path)).toMatchObject({ header, skipped: [{ index: 30 }] });
    const noted = unfinishedNote("p", readAnswers(path));
    expect(noted).toBe("p: 39 of 60 answers are missing; the evaluation is not finished");
  });

  test.each([
    ["not JSON\n", "line 1: expected a JSON object"],
    ['{"problem":"a"}\n', "line 1: is no line of an answers file: index:"],
    ["", "got no whole line"],
  ])("%j is not an answers file", async (text, message) => {
    const path = join(temporaryDirectory(), "answers.jsonl");
    writeFileSync(path, text);
    expect(() => readAnswers(path)).toThrow(message);
  });

  test("with two answers to one sample names the line", async () => {
    const path = freshFile();
    await answerBenchmark(options(path));
    appendFileSync(path, `${lines(path)[1]}\n`);
    expect(() => readAnswers(path)).toThrow("line 22: a second answer 0 to problem sum-0");
  });
});
