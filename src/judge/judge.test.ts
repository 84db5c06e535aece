import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { PartError } from "../errors/index.ts";
import { type ChatReply, type ChatServer, startChatServer } from "../testing/chat-server.ts";
import { quickClock } from "../testing/quick-clock.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { recordedAgreement } from "./agreement.ts";
import { Judge, type JudgedCase } from "./judge.ts";
import { judgeFields } from "./options.ts";

const schema = z.strictObject(judgeFields());
let server: ChatServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function judgeWith(
  reply: (text: string, number: number) => ChatReply | Promise<ChatReply>,
  options: object = {},
) {
  server = await startChatServer((call, number) => reply(call.messages.at(-1)?.content ?? "", number));
  const clock = quickClock();
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const parsed = schema.parse({ url: server.url, model: "qwen", ...options });
  return { judge: new Judge(parsed, { clock, warn }), clock, warnings, server };
}

const judged = (completion: string, more: Partial<JudgedCase> = {}): JudgedCase => ({
  question: "How long is it?",
  answers: ["5 cm"],
  completion,
  reply: completion,
  extracted: completion,
  rule: null,
  ruleOf: (answer) => Number(answer === "5 cm"),
  ...more,
});

const rejection = async (promise: Promise<unknown>): Promise<PartError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PartError);
  return error as PartError;
};

describe("a judge", () => {
  test("shows question, accepted answers and the reply, and reads one word", async () => {
    const { judge, server } = await judgeWith((text) => (text.includes("five") ? "Correct" : "Incorrect"));
    expect(await judge.judge(judged("five"))).toMatchObject({ score: 1, extracted: "five" });
    expect(await judge.judge(judged("six"))).toMatchObject({ score: 0 });
    const [{ model, messages, temperature, max_tokens: limit, authorization } = fail()] = server.calls;
    expect([model, temperature, limit, authorization]).toEqual(["qwen", 0, 1024, undefined]);
    expect(messages.map(({ role }) => role)).toEqual(["system", "user"]);
    for (const part of ["How long is it?", "5 cm", "five", "units out of account"]) {
      expect(messages[1]?.content).toContain(part);
    }
  });

  test("whose server refuses says that it is the judge", async () => {
    const { judge } = await judgeWith(() => ({ status: 400, body: "no" }));
    const error = await rejection(judge.judge(judged("five")));
    expect(error.message).toMatch(/^judge qwen at http:\S+: refuses the request, status 400: no$/);
  });

  test("whose budget is used up still gives the replies that it has", async () => {
    const { judge, server } = await judgeWith(() => "Correct", { budget: { requests: 1 } });
    await judge.judge(judged("a"));
    expect((await rejection(judge.judge(judged("b")))).message).toContain("budget of 1 requests is used up");
    expect((await judge.judge(judged("a"))).score).toBe(1);
    expect(server.calls).toHaveLength(1);
  });

  test.each([
    ["prose", "It depends on the unit.", 'expected a verdict of the judge, got "It depends'],
    ["nothing", "", "expected a verdict of the judge, got nothing"],
  ])("that says %s leaves the completion unscorable", async (_, reply, reason) => {
    const { judge } = await judgeWith(() => reply);
    const outcome = await judge.judge(judged("five"));
    expect(outcome.score).toBeNull();
    expect(outcome.reason).toContain(reason);
  });

  test("asks again where the caller that sent an equal request gave it up", async () => {
    const { judge, server: asked } = await judgeWith(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return "right";
    });
    const ending = new AbortController();
    const first = judge.judge(judged("five"), ending.signal);
    const second = judge.judge(judged("five"));
    const third = judge.judge(judged("five"));
    ending.abort(new Error("given up"));
    await expect(first).rejects.toThrow();
    expect(await Promise.all([second, third])).toMatchObject([{ score: 1 }, { score: 1 }]);
    expect(asked.calls.length).toBeLessThanOrEqual(2);
  });

  test("is not asked about a completion without a reply, nor without an accepted answer", async () => {
    const { judge, server } = await judgeWith(() => "Correct");
    expect(await judge.judge(judged("<think>…", { reply: null }))).toMatchObject({ score: 0 });
    expect(await judge.judge(judged("five", { answers: [] }))).toMatchObject({ score: null });
    expect(server.calls).toHaveLength(0);
  });

  test("scores from 0 to 10 with the prompt score", async () => {
    const { judge } = await judgeWith(() => "7", { prompt: "score" });
    expect(await judge.judge(judged("five"))).toMatchObject({
      score: 0.7,
      reason: "score 0.7: by the judge",
    });
  });

  test("reads the answer out for a rule, as MathVista has it", async () => {
    const { judge } = await judgeWith((text) => (text.includes("no idea") ? "NONE" : "5 cm"), {
      prompt: "mathvista",
    });
    expect(await judge.judge(judged("It is five centimetres."))).toMatchObject({
      score: 1,
      extracted: "5 cm",
    });
    expect(await judge.judge(judged("no idea"))).toMatchObject({ score: 0, extracted: null });
  });

  test("reads out, then compares, as MathVerse has it", async () => {
    const { judge, server } = await judgeWith((text) => (text.includes("<extracted>\n5") ? "1" : "5"), {
      prompt: "mathverse",
    });
    expect(await judge.judge(judged("It is five."))).toMatchObject({ score: 1, extracted: "5" });
    expect(server.calls).toHaveLength(2);
  });

  test("asks a prompt of one's own", async () => {
    const prompt = { text: "{extracted} for {answers}: {completion}", system: "Be kind.", reply: "score" };
    const { judge, server } = await judgeWith(() => "9", { prompt });
    expect(await judge.judge(judged("five", { extracted: null }))).toMatchObject({ score: 0.9 });
    expect(server.calls[0]?.messages).toEqual([
      { role: "system", content: "Be kind." },
      { role: "user", content: "none for 5 cm: five" },
    ]);
  });
});

describe("the cache of a judge", () => {
  test("keeps every reply with its model, and spares the request in later runs", async () => {
    const cache = temporaryDirectory();
    const options = { cache };
    const first = await judgeWith((text) => (text.includes("five") ? "Correct" : "who knows"), options);
    const cases = [judged("five", { rule: 1 }), judged("six", { rule: 0 }), judged("five", { rule: 1 })];
    const scores = await Promise.all(cases.map(async (one) => (await first.judge.judge(one)).score));
    expect(scores).toEqual([1, null, 1]);
    expect(first.server.calls).toHaveLength(2);
    const lines = readFileSync(join(cache, "judge.jsonl"), "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      {
        model: "qwen",
        served: "qwen-served",
        prompt: "binary",
        reply: "Correct",
        score: 1,
        rule: 1,
        tokens: 22,
      },
      { reply: "who knows", score: null, rule: 0 },
    ]);
    await first.server.close();

    appendFileSync(join(cache, "judge.jsonl"), '{"key":"cut off');
    const second = await judgeWith(() => "Incorrect", options);
    expect((await second.judge.judge(judged("five"))).score).toBe(1);
    expect((await second.judge.judge(judged("seven", { rule: 1 }))).score).toBe(0);
    expect(second.server.calls).toHaveLength(1);
    // Of three verdicts one is null; the judge says right, wrong where the rule says right, right.
    expect(recordedAgreement(cache)).toEqual([
      { model: "qwen", prompt: "binary", judged: 2, alike: 0.5, kappa: 0 },
    ]);
  });

  test("knows another model, temperature or prompt as another request", async () => {
    const cache = temporaryDirectory();
    for (const options of [{}, { model: "other" }, { temperature: 0.1 }, { prompt: "reference" }]) {
      const { judge, server } = await judgeWith(() => "Correct", { cache, ...options });
      await judge.judge(judged("five"));
      expect(server.calls).toHaveLength(1);
      await server.close();
    }
  });
});

function fail(): never {
  throw new Error("expected a call");
}
