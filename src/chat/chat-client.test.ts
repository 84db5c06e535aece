import { afterEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { PartError } from "../errors/index.ts";
import { type ChatReply, type ChatServer, SILENCE, startChatServer } from "../testing/chat-server.ts";
import { quickClock } from "../testing/quick-clock.ts";
import { ChatClient } from "./chat-client.ts";
import { chatServerFields } from "./options.ts";

const schema = z.strictObject(chatServerFields());
let server: ChatServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function clientOf(
  reply: (text: string, number: number) => ChatReply | Promise<ChatReply>,
  options: object = {},
) {
  server = await startChatServer((call, number) => reply(call.messages.at(-1)?.content ?? "", number));
  const clock = quickClock();
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const parsed = schema.parse({ url: server.url, model: "qwen", ...options });
  const client = new ChatClient(parsed, { clock, warn });
  const chat = (content: string, signal?: AbortSignal) =>
    client.chat({ messages: [{ role: "user", content }], temperature: 0, fields: { max_tokens: 8 } }, signal);
  const ask = async (content: string) => (await chat(content)).choices.map(({ text }) => text);
  return { client, chat, ask, clock, warnings, server };
}

const rejection = async (promise: Promise<unknown>): Promise<PartError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PartError);
  return error as PartError;
};

describe("a client", () => {
  test("sends the key of its variable, and never more requests at once than it may", async () => {
    process.env["CHAT_TEST_KEY"] = "secret";
    let arrived = 0;
    let release = () => {};
    const three = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { ask, client, server } = await clientOf(
      async () => {
        if (++arrived === 3) release();
        await three;
        return "yes";
      },
      { apiKeyVariable: "CHAT_TEST_KEY", concurrency: 3 },
    );
    await Promise.all(Array.from({ length: 12 }, (_, i) => ask(`${i}`)));
    delete process.env["CHAT_TEST_KEY"];
    expect(server.calls).toHaveLength(12);
    expect(server.most()).toBe(3);
    expect(server.calls[0]?.authorization).toBe("Bearer secret");
    expect(client.spent).toEqual({ requests: 12, promptTokens: 240, completionTokens: 24 });
  });

  test.each([16.1, 32.3, 1.005, 3e6, 1e9])(
    "waits for as long as timeoutSeconds: %d says",
    async (timeoutSeconds) => {
      const { ask } = await clientOf(
        async () => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          return "yes";
        },
        { timeoutSeconds, retries: 0 },
      );
      expect(await ask("?")).toEqual(["yes"]);
    },
  );

  test("reads every choice in order, with log-probs, ids, usage and reasons where the server gives them", async () => {
    const choice = (index: number, content: unknown, more: object = {}) => ({
      index,
      message: { role: "assistant", content },
      ...more,
    });
    const body = JSON.stringify({
      choices: [
        choice(1, null, { finish_reason: "length" }),
        choice(
          0,
          [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
          {
            finish_reason: "stop",
            logprobs: {
              content: [
                { token: "ab", logprob: -0.5 },
                { token: "", logprob: -0.25 },
              ],
            },
            token_ids: [7, 9],
          },
        ),
      ],
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    });
    const { chat } = await clientOf(() => ({ status: 200, body }));
    expect(await chat("?")).toEqual({
      choices: [
        {
          text: "ab",
          finishReason: "stop",
          logprobs: Float64Array.of(-0.5, -0.25),
          tokens: Int32Array.of(7, 9),
        },
        { text: "", finishReason: "length" },
      ],
      served: undefined,
      usage: { prompt: 3, completion: 4 },
    });
  });
});

describe("a server that does not answer as it should", () => {
  test("with 429 is asked again after the time that it asks for, and the wait is reported once", async () => {
    const { ask, clock, warnings } = await clientOf((_, number) =>
      number <= 2 ? { status: 429, retryAfter: "7", body: "slow down" } : "yes",
    );
    expect(await ask("five")).toEqual(["yes"]);
    expect(clock.waited()).toBe(14_000);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/^model qwen at http:\S+: status 429: slow down; attempt 2 of 7 in 7\.0 s$/);
  });

  test("that asks for no wait is not asked at once again, and one that asks for a day is named", async () => {
    const { ask, clock, warnings } = await clientOf((_, number) =>
      number <= 4 ? { status: 503, retryAfter: "0", body: "busy" } : "yes",
    );
    expect(await ask("five")).toEqual(["yes"]);
    expect(clock.waited()).toBeGreaterThanOrEqual((1 + 2 + 4 + 8) * 500);
    expect(warnings).toHaveLength(4);
    await server?.close();
    const day = await clientOf((_, number) => (number === 1 ? { status: 429, retryAfter: "86400" } : "yes"));
    await day.ask("five");
    expect(day.clock.waited()).toBe(300_000);
    expect(day.warnings[0]).toMatch(
      /: status 429: nothing; it asks to wait 86400 s; attempt 2 of 7 in 300\.0 s$/,
    );
  });

  test("with 429 for an hour ends when the retries are used up, for all", async () => {
    const { ask, server, clock } = await clientOf(() => ({ status: 429 }), { retries: 5, concurrency: 4 });
    const errors = await Promise.all(Array.from({ length: 20 }, (_, i) => rejection(ask(`${i}`))));
    expect(errors.every(({ isTotal }) => isTotal)).toBe(true);
    expect(errors[0]?.message).toContain(
      "status 429: nothing, 6 times in a row; look at the server, or raise retries",
    );
    expect(server.calls.length).toBeLessThanOrEqual(24);
    // 1 + 2 + 4 + 8 + 16 s at most for each of the four under way.
    expect(clock.waited()).toBeLessThanOrEqual(4 * 31_000);
  });

  test("with 500 for one request fails on that one alone", async () => {
    const { ask } = await clientOf(
      (text) => (text.includes("bad") ? { status: 500, body: "out of memory" } : "yes"),
      { retries: 2 },
    );
    const bad = rejection(ask("bad"));
    expect(await Promise.all(["a", "b", "c"].map(ask))).toEqual([["yes"], ["yes"], ["yes"]]);
    const error = await bad;
    expect(error.message).toContain("status 500: out of memory, 3 times in a row");
    expect(error.isTotal).toBe(false);
  });

  test("with something that is no chat completion is asked again, then named", async () => {
    const { ask } = await clientOf(() => ({ status: 200, body: "<html>proxy</html>" }), { retries: 1 });
    const { message } = await rejection(ask("five"));
    expect(message).toContain("expected a chat completion as JSON, got <html>proxy</html>, 2 times in a row");
  });

  test.each([
    [401, "expected a valid API key in the environment variable OPENAI_API_KEY", true],
    [404, "expected url to end as the server's documentation says, such as /v1, and a model qwen", true],
    [400, "refuses the request, status 400: no", false],
  ])("with %d fails at once", async (status, message, isTotal) => {
    const { ask, server } = await clientOf(() => ({ status, body: "no" }));
    const error = await rejection(ask("five"));
    expect(error.message).toContain(message);
    expect(error.isTotal).toBe(isTotal);
    expect(server.calls).toHaveLength(1);
  });

  test("because it is not there fails at once", async () => {
    const { ask, server, warnings } = await clientOf(() => "yes");
    await server.close();
    const error = await rejection(ask("five"));
    expect(error.message).toContain("no server there (ECONNREFUSED); start it, or correct url");
    expect(error.isTotal).toBe(true);
    expect(warnings).toEqual([]);
  });

  test("because it starts again is asked again, if it answered before", async () => {
    let isDown = false;
    const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    const { server, clock } = await clientOf(() => "yes");
    const client = new ChatClient(schema.parse({ url: server.url, model: "qwen" }), {
      clock,
      fetch: (...given) => {
        if (!isDown) return fetch(...given);
        isDown = false;
        return Promise.reject(new TypeError("fetch failed", { cause }));
      },
    });
    const ask = () =>
      client.chat({
        messages: [{ role: "user", content: "five" }],
        temperature: 0,
        fields: { max_tokens: 8 },
      });
    await ask();
    isDown = true;
    expect((await ask()).choices).toHaveLength(1);
    expect(client.spent.requests).toBe(3);
  });

  test("because nothing can be sent to its address fails at once", async () => {
    const { ask } = await clientOf(() => "yes", { url: "http://127.0.0.1:9/v1" });
    const error = await rejection(ask("five"));
    expect(error.message).toContain("cannot be asked: bad port; correct url");
  });

  test("in time is asked again", async () => {
    const { ask } = await clientOf((_, number) => (number === 1 ? SILENCE : "yes"), {
      timeoutSeconds: 0.05,
    });
    expect(await ask("five")).toEqual(["yes"]);
  });

  test("is not waited for when the caller ends", async () => {
    const { chat } = await clientOf(() => SILENCE);
    const controller = new AbortController();
    const asked = chat("five", controller.signal);
    setTimeout(() => controller.abort(new Error("enough")), 20);
    await expect(asked).rejects.toThrow("enough");
  });
});

describe("the budget of a client", () => {
  test("of requests ends it", async () => {
    const { ask, server } = await clientOf(() => "yes", { budget: { requests: 2 }, concurrency: 1 });
    await ask("a");
    await ask("b");
    const error = await rejection(ask("c"));
    expect(error.message).toContain("the budget of 2 requests is used up; raise budget.requests");
    expect(error.isTotal).toBe(true);
    expect(server.calls).toHaveLength(2);
  });

  test("of tokens ends it", async () => {
    const { ask } = await clientOf(() => "yes", { budget: { tokens: 40 } });
    await ask("a");
    await ask("b");
    const { message } = await rejection(ask("c"));
    expect(message).toContain("the budget of 40 tokens is used up (44 in 2 requests); raise budget.tokens");
  });

  test("of tokens cannot be kept with a server that reports none", async () => {
    const body = JSON.stringify({ choices: [{ message: { content: "yes" } }] });
    const { ask } = await clientOf(() => ({ status: 200, body }), { budget: { tokens: 40 } });
    const { message } = await rejection(ask("a"));
    expect(message).toContain("reports no usage");
  });
});
