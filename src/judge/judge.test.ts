import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { PartError } from "../errors/index.ts";
import { type ChatReply, type ChatServer, SILENCE, startChatServer } from "../testing/chat-server.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { recordedAgreement } from "./agreement.ts";
import type { Clock } from "./clock.ts";
import { Judge, type JudgedCase } from "./judge.ts";
import { judgeFields } from "./options.ts";

const schema = z.strictObject(judgeFields());
let server: ChatServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A clock on which waiting takes no time. */
function quickClock(): Clock & { readonly waited: () => number } {
  let now = 0;
  return {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
    waited: () => now,
  };
}

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

  test("sends the key of its variable, and never more requests at once than it may", async () => {
    process.env["JUDGE_TEST_KEY"] = "secret";
    const { judge, server } = await judgeWith(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return "Correct";
      },
      { apiKeyVariable: "JUDGE_TEST_KEY", concurrency: 3 },
    );
    await Promise.all(Array.from({ length: 12 }, (_, i) => judge.judge(judged(`${i}`))));
    delete process.env["JUDGE_TEST_KEY"];
    expect(server.calls).toHaveLength(12);
    expect(server.most()).toBe(3);
    expect(server.calls[0]?.authorization).toBe("Bearer secret");
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

describe("a server that does not answer as it should", () => {
  test("with 429 is asked again after the time that it asks for, and the wait is told once", async () => {
    const { judge, clock, warnings } = await judgeWith((_, number) =>
      number <= 2 ? { status: 429, retryAfter: "7", body: "slow down" } : "Correct",
    );
    expect((await judge.judge(judged("five"))).score).toBe(1);
    expect(clock.waited()).toBe(14_000);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/^judge qwen at http:\S+: status 429: slow down; attempt 2 of 7 in 7\.0 s$/);
  });

  test("with 429 for an hour ends when the retries are used up, for all", async () => {
    const { judge, server, clock } = await judgeWith(() => ({ status: 429 }), { retries: 5, concurrency: 4 });
    const errors = await Promise.all(
      Array.from({ length: 20 }, (_, i) => rejection(judge.judge(judged(`${i}`)))),
    );
    expect(errors.every(({ isTotal }) => isTotal)).toBe(true);
    expect(errors[0]?.message).toContain(
      "status 429: nothing, 6 times in a row; look at the server, or raise retries",
    );
    expect(server.calls.length).toBeLessThanOrEqual(24);
    // 1 + 2 + 4 + 8 + 16 s at most for each of the four under way.
    expect(clock.waited()).toBeLessThanOrEqual(4 * 31_000);
  });

  test("with 500 for one completion fails on that one alone", async () => {
    const { judge } = await judgeWith(
      (text) => (text.includes("bad") ? { status: 500, body: "out of memory" } : "Correct"),
      { retries: 2 },
    );
    const bad = rejection(judge.judge(judged("bad")));
    expect(
      await Promise.all(["a", "b", "c"].map(async (one) => (await judge.judge(judged(one))).score)),
    ).toEqual([1, 1, 1]);
    const error = await bad;
    expect(error.message).toContain("status 500: out of memory, 3 times in a row");
    expect(error.isTotal).toBe(false);
  });

  test("with something that is no chat completion is asked again, then named", async () => {
    const { judge } = await judgeWith(() => ({ status: 200, body: "<html>proxy</html>" }), { retries: 1 });
    const { message } = await rejection(judge.judge(judged("five")));
    expect(message).toContain("expected a chat completion as JSON, got <html>proxy</html>, 2 times in a row");
  });

  test.each([
    [401, "expected a valid API key in the environment variable OPENAI_API_KEY", true],
    [404, "expected url to end as the server's documentation says, such as /v1, and a model qwen", true],
    [400, "refuses the request, status 400: no", false],
  ])("with %d fails at once", async (status, message, isTotal) => {
    const { judge, server } = await judgeWith(() => ({ status, body: "no" }));
    const error = await rejection(judge.judge(judged("five")));
    expect(error.message).toContain(message);
    expect(error.isTotal).toBe(isTotal);
    expect(server.calls).toHaveLength(1);
  });

  test("because it is not there fails at once", async () => {
    const { judge, server, warnings } = await judgeWith(() => "Correct");
    await server.close();
    const error = await rejection(judge.judge(judged("five")));
    expect(error.message).toContain("no server there (ECONNREFUSED); start it, or mend url");
    expect(error.isTotal).toBe(true);
    expect(warnings).toEqual([]);
  });

  test("because nothing can be sent to its address fails at once", async () => {
    const { judge } = await judgeWith(() => "Correct", { url: "http://127.0.0.1:9/v1" });
    const error = await rejection(judge.judge(judged("five")));
    expect(error.message).toContain("cannot be asked: bad port; mend url");
  });

  test("in time is asked again", async () => {
    const { judge } = await judgeWith((_, number) => (number === 1 ? SILENCE : "Correct"), {
      timeoutSeconds: 0.05,
    });
    expect((await judge.judge(judged("five"))).score).toBe(1);
  });

  test("is not waited for when the caller ends", async () => {
    const { judge } = await judgeWith(() => SILENCE);
    const controller = new AbortController();
    const asked = judge.judge(judged("five"), controller.signal);
    setTimeout(() => controller.abort(new Error("enough")), 20);
    await expect(asked).rejects.toThrow("enough");
  });
});

describe("the budget of a judge", () => {
  test("of requests ends it, and replies that it has are free", async () => {
    const { judge, server } = await judgeWith(() => "Correct", { budget: { requests: 2 }, concurrency: 1 });
    await judge.judge(judged("a"));
    await judge.judge(judged("b"));
    const error = await rejection(judge.judge(judged("c")));
    expect(error.message).toContain("the budget of 2 requests is used up; raise budget.requests");
    expect(error.isTotal).toBe(true);
    expect((await judge.judge(judged("a"))).score).toBe(1);
    expect(server.calls).toHaveLength(2);
  });

  test("of tokens ends it", async () => {
    const { judge } = await judgeWith(() => "Correct", { budget: { tokens: 40 } });
    await judge.judge(judged("a"));
    await judge.judge(judged("b"));
    const { message } = await rejection(judge.judge(judged("c")));
    expect(message).toContain("the budget of 40 tokens is used up (44 in 2 requests); raise budget.tokens");
  });

  test("of tokens cannot be kept with a server that tells none", async () => {
    const body = JSON.stringify({ choices: [{ message: { content: "Correct" } }] });
    const { judge } = await judgeWith(() => ({ status: 200, body }), { budget: { tokens: 40 } });
    const { message } = await rejection(judge.judge(judged("a")));
    expect(message).toContain("tells no usage");
  });
});

function fail(): never {
  throw new Error("expected a call");
}
