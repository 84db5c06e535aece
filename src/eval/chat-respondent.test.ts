import { afterEach, describe, expect, test } from "vitest";
import type { Problem } from "../data/index.ts";
import { DataError, PartError } from "../errors/index.ts";
import { decodeImage, type RgbImage } from "../model/index.ts";
import { type ChatCall, type ChatReply, type ChatServer, startChatServer } from "../testing/chat-server.ts";
import { quickClock } from "../testing/quick-clock.ts";
import { chatModelSchema } from "./chat-model-options.ts";
import { type ChatRespondentContext, chatRespondent } from "./chat-respondent.ts";

type Body = ChatCall & Readonly<Record<string, unknown>>;

let server: ChatServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A server that answers with `n` choices by default, and a respondent that asks it. */
async function subjectOf(
  reply: (body: Body, number: number) => ChatReply,
  options: object = {},
  context: Partial<ChatRespondentContext> = {},
) {
  const bodies: Body[] = [];
  server = await startChatServer((call, number) => {
    bodies.push(call as Body);
    return reply(call as Body, number);
  });
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const parsed = chatModelSchema.parse({ url: server.url, model: "qwen", ...options });
  const subject = chatRespondent(parsed, { clock: quickClock(), warn, ...context });
  return { subject, bodies, warnings };
}

const completion = (texts: readonly string[], more: object = {}, hasUsage = true) => ({
  status: 200,
  body: JSON.stringify({
    choices: texts.map((content, index) => ({
      index,
      message: { role: "assistant", content },
      finish_reason: "stop",
      ...more,
    })),
    ...(hasUsage && { usage: { prompt_tokens: 10, completion_tokens: 5 * texts.length } }),
  }),
});

const shade = (level: number): RgbImage => ({ width: 2, height: 1, data: new Uint8Array(6).fill(level) });
const problem = (id: string, more: Partial<Problem> = {}): Problem => ({
  id,
  images: [],
  question: `${id}?`,
  answers: ["1"],
  columns: {},
  ...more,
});
const request = { samples: 1, temperature: 0, topP: 1, maxCompletionTokens: 16, seed: 0 };

/** Texts and pixels of a message's parts. */
async function seen(content: unknown): Promise<unknown[]> {
  const parts = content as { type: string; text?: string; image_url?: { url: string } }[];
  return Promise.all(
    parts.map(async ({ text, image_url: image }) => {
      if (image === undefined) return text;
      const [head, base64] = image.url.split(",") as [string, string];
      expect(head).toBe("data:image/png;base64");
      return [...(await decodeImage(Buffer.from(base64, "base64"))).data];
    }),
  );
}

describe("what a server is asked", () => {
  test("is the question with every pixel of its images in their places, the format's words around it", async () => {
    const format = { system: "Look.", suffix: " Be brief." };
    const { subject, bodies } = await subjectOf(() => "1", {}, { format });
    const images = [shade(7), shade(200)];
    await subject.respond([problem("a", { images, question: "<image> or <image>?" })], request);
    const [{ messages, authorization: _key, ...rest }] = bodies as [Body];
    expect(messages[0]).toEqual({ role: "system", content: "Look." });
    expect(await seen(messages[1]!.content)).toEqual([
      Array(6).fill(7),
      " or ",
      Array(6).fill(200),
      "? Be brief.",
    ]);
    expect(rest).toMatchObject({ model: "qwen", temperature: 0, max_tokens: 16 });
    expect(Object.keys(rest).sort()).toEqual(["max_tokens", "model", "seed", "temperature"]);
  });

  test("is a plain text without images, and the system message of the request before the format's", async () => {
    const { subject, bodies } = await subjectOf(() => "1", {}, { format: { system: "Look." } });
    await subject.respond([problem("a")], { ...request, system: "Think." });
    expect(bodies[0]!.messages).toEqual([
      { role: "system", content: "Think." },
      { role: "user", content: "a?" },
    ]);
  });

  test("has the fields that the options say, and a seed of the problem's own", async () => {
    const { subject, bodies } = await subjectOf(
      (body) => completion(Array<string>(Number(body["n"] ?? 1)).fill("1")),
      {
        limitField: "max_completion_tokens",
        logprobs: true,
        tokenIds: true,
        fields: { top_k: 5 },
      },
    );
    const sampled = { ...request, samples: 3, temperature: 0.6, topP: 0.9, seed: 8 };
    await subject.respond([problem("a"), problem("b")], sampled);
    await subject.respond([problem("a")], sampled);
    const [a, b, again] = bodies as [Body, Body, Body];
    expect(a).toMatchObject({
      temperature: 0.6,
      top_p: 0.9,
      top_k: 5,
      n: 3,
      max_completion_tokens: 16,
      logprobs: true,
      return_token_ids: true,
    });
    expect(a["seed"]).toBe(again["seed"]);
    expect(a["seed"]).not.toBe(b["seed"]);
    expect(subject.identity).toBe(`qwen at ${server!.url} with {"top_k":5}`);
  });

  test("is nothing about a problem with a video, or its frames where that is wanted", async () => {
    const clip = problem("v", { videos: [{ frames: [shade(1), shade(2)], fps: 2 }] });
    const refusing = await subjectOf(() => "1");
    const refused = refusing.subject.respond([clip], request);
    await expect(refused).rejects.toThrow(DataError);
    await expect(refused).rejects.toThrow(/^problem v: has a video, /);
    expect(refusing.bodies).toEqual([]);
    await server!.close();

    const { subject, bodies } = await subjectOf(() => "1", { videos: "frames" });
    await subject.respond([clip], request);
    const frames = [Array(6).fill(1), Array(6).fill(2), "v?"];
    expect(await seen(bodies[0]!.messages[0]!.content)).toEqual(frames);
  });

  test("cannot be what the evaluation decides", () => {
    const options = { url: "http://a/v1", model: "m", fields: { seed: 3 } };
    expect(() => chatModelSchema.parse(options)).toThrow("is decided by the evaluation");
  });
});

describe("what a server answers", () => {
  test("becomes text, numbers of tokens, ids, log-probs and reasons", async () => {
    const { subject, warnings } = await subjectOf((_, number) =>
      number === 1
        ? completion(["yes"], {
            finish_reason: "length",
            token_ids: [4, 5],
            logprobs: { content: [{ logprob: -1 }, { logprob: -2 }] },
          })
        : completion([""], { finish_reason: "content_filter" }),
    );
    const [[first]] = (await subject.respond([problem("a")], request)) as [[unknown]];
    expect(first).toEqual({
      text: "yes",
      tokens: Int32Array.of(4, 5),
      completionTokens: 2,
      promptTokens: 10,
      stopReason: "length",
      logprobs: Float64Array.of(-1, -2),
    });
    for (const id of ["b", "c"]) {
      const [[other]] = (await subject.respond([problem(id)], request)) as [[unknown]];
      expect(other).toEqual({ text: "", completionTokens: 5, promptTokens: 10, stopReason: "stop" });
    }
    expect(warnings).toEqual([
      `${subject.identity}: an answer ended with "content_filter"; it counts as it is`,
    ]);
    expect(subject.spent).toEqual({ requests: 3, promptTokens: 30, completionTokens: 15 });
  });

  test("is asked for until there are enough, where it leaves n out of account", async () => {
    const { subject, bodies } = await subjectOf((_, number) => completion([`${number}`]));
    const [texts] = await subject.respond([problem("a")], { ...request, samples: 3 });
    expect(texts!.map(({ text }) => text)).toEqual(["1", "2", "3"]);
    expect(bodies.map((body) => body["n"])).toEqual([3, 2, undefined]);
    expect(new Set(bodies.map((body) => body["seed"])).size).toBe(3);
  });

  test("beyond what was asked for is left out; without usage the number of tokens is not known", async () => {
    const { subject } = await subjectOf(() => completion(["1", "2", "3"], {}, false));
    const [responses] = await subject.respond([problem("a")], { ...request, samples: 2 });
    expect(responses!.map(({ text }) => text)).toEqual(["1", "2"]);
    expect(responses![0]).not.toHaveProperty("completionTokens");
  });

  test("with 400 for one problem names it, when the others have been answered", async () => {
    const { subject, bodies } = await subjectOf(({ messages }) =>
      messages[0]!.content === "b?" ? { status: 400, body: "too long" } : "1",
    );
    const asked = subject.respond([problem("a"), problem("b"), problem("c")], request);
    const error = await asked.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PartError);
    expect((error as PartError).isTotal).toBe(false);
    expect((error as PartError).message).toMatch(/^problem b: model qwen at .*status 400: too long$/);
    expect(bodies).toHaveLength(3);
  });

  test.each([
    ["429", { status: 429, body: "slow down" }, "status 429: slow down"],
    ["500", { status: 500, body: "broken" }, "status 500: broken"],
    ["prose", { status: 200, body: "Hello!" }, "expected a chat completion as JSON, got Hello!"],
    ["nothing", { status: 200, body: "" }, "expected a chat completion as JSON, got nothing"],
    ["no choice", completion([]), "expected a chat completion as JSON"],
  ])("%s is asked for again, and in the end an error of the server", async (_, reply, message) => {
    const { subject, bodies } = await subjectOf(() => reply, { retries: 2 });
    const error = await subject.respond([problem("a")], request).catch((reason: unknown) => reason);
    expect((error as PartError).message).toContain(`${message}`);
    expect((error as PartError).isTotal).toBe(true);
    expect(bodies).toHaveLength(3);
  });

  test("within the budget: beyond it nothing is asked", async () => {
    const { subject, bodies } = await subjectOf(() => "1", { budget: { requests: 1 } });
    await subject.respond([problem("a")], request);
    await expect(subject.respond([problem("b")], request)).rejects.toThrow(
      "the budget of 1 requests is used up",
    );
    expect(bodies).toHaveLength(1);
  });

  test("is not waited for when the caller ends", async () => {
    const controller = new AbortController();
    const { subject } = await subjectOf(() => {
      controller.abort(new Error("enough"));
      return { status: 500 };
    });
    await expect(subject.respond([problem("a")], request, controller.signal)).rejects.toThrow("enough");
  });
});
