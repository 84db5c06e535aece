import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { EngineError } from "../../errors/index.ts";
import { oneCompletion, TinkerWorld } from "../../testing/tinker-fixtures.ts";
import type { Engine, Prompt, Sequence } from "../engine.ts";
import type { Fetch } from "./tinker-options.ts";

const world = new TinkerWorld();
const closing: (() => void)[] = [];
afterEach(async () => {
  await world.close();
  for (const close of closing.splice(0)) close();
});

interface Answer {
  readonly prompt_logprobs?: (number | null)[];
  readonly loss_fn_outputs?: { readonly logprobs: { readonly data: (number | null)[] } }[];
  readonly sequences?: readonly {
    readonly tokens: readonly number[];
    readonly logprobs: readonly (number | null)[];
  }[];
}
type Changed = (answer: Answer) => object | null | undefined;

/** An engine at a server of the plain protocol, whose results are changed from now on. */
async function changing(isExtended = false) {
  const hook: { changed: Changed } = { changed: () => undefined };
  const { url } = await world.server({ isExtended });
  const changed: Fetch = async (address, options) => {
    const answer = await fetch(address, options);
    if (!address.endsWith("retrieve_future") || answer.status !== 200) return answer;
    const json = (await answer.json()) as Answer;
    const own = hook.changed(json);
    return Response.json(own === undefined ? json : own);
  };
  const engine = await world.client(url, { wire: "json", fetch: changed });
  return { engine, hook };
}

const [prompt] = oneCompletion.prompts as readonly [Prompt];
const sequence: Sequence = { prompt, completion: Int32Array.of(13, 14) };
const reference = (engine: Engine) => engine.score([sequence], { weights: "reference" });
const withData = (data: (of: (number | null)[]) => (number | null)[]): Changed => {
  return ({ loss_fn_outputs: outputs }) =>
    outputs && { loss_fn_outputs: outputs.map((one) => ({ logprobs: { data: data(one.logprobs.data) } })) };
};

describe("log-probs of a reference", () => {
  test.each([
    ["one too few", (all: (number | null)[]) => all.slice(0, -1), "expected 5 prompt_logprobs, got 4"],
    ["one too many", (all: (number | null)[]) => [...all, -0.5], "expected 5 prompt_logprobs, got 6"],
    [
      "null",
      (all: (number | null)[]) => all.with(-1, null),
      "prompt_logprobs of the completion[1]: expected a finite number, got NaN",
    ],
  ])("cover the tokens of prompt and completion: %s is an error", async (_, change, message) => {
    const { engine, hook } = await changing();
    await engine.setReference();
    const right = await reference(engine);
    hook.changed = ({ prompt_logprobs: all }) => all && { sequences: [], prompt_logprobs: change(all) };
    await expect(reference(engine)).rejects.toThrow(`asample, sequence 0: ${message}`);
    hook.changed = () => undefined;
    expect(await reference(engine)).toEqual(right);
  });
});

describe("log-probs of a forward pass", () => {
  test.each([
    ["one too many", withData((all) => [...all, -0.5]), "expected 4 logprobs, got 5"],
    ["one too few", withData((all) => all.slice(1)), "expected 4 logprobs, got 3"],
    ["null", withData((all) => all.with(-2, null)), "logprobs[0]: expected a finite number, got NaN"],
  ])("cover the targets of the datum: %s is an error", async (_, changed, message) => {
    const { engine, hook } = await changing();
    hook.changed = changed;
    await expect(engine.score([sequence])).rejects.toThrow(`forward, sequence 0: ${message}`);
  });

  test("may be the completion's alone", async () => {
    const { engine, hook } = await changing();
    const right = await engine.score([sequence]);
    hook.changed = withData((all) => all.slice(-2));
    expect(await engine.score([sequence])).toEqual(right);
  });
});

describe("samples", () => {
  const where = "asample, prompt 0, sequence 0: ";
  const with1 = (tokens: readonly number[], logprobs: readonly (number | null)[] = tokens.map(() => -1)) => ({
    sequences: [{ stop_reason: "stop", tokens, logprobs }],
  });

  test.each([
    ["a log-prob that is null", with1([1, 2], [-1, null]), "logprobs[1]: expected a finite number, got NaN"],
    ["a log-prob above 0", with1([1], [5]), "logprobs[0]: expected at most 0, got 5"],
    ["an unknown id", with1([1, 1_000_000]), "tokens[1]: expected an id below 464, got 1000000"],
    ["an id beyond 2^32", with1([2 ** 32 + 5]), "tokens[0]: expected an id below 464, got 4294967301"],
    ["too many tokens", with1([1, 2, 3, 4, 5, 6, 7, 8]), "expected at most 4 tokens, got 8"],
  ])("are tokens of the model, as many as were asked for, with log-probs: %s", async (_, answer, message) => {
    const { engine, hook } = await changing();
    hook.changed = ({ sequences }) => sequences && answer;
    await expect(engine.sample(oneCompletion)).rejects.toThrow(where + message);
  });

  test("may have log-probs above 0 by rounding", async () => {
    const { engine, hook } = await changing();
    hook.changed = ({ sequences }) => sequences && with1([1], [1e-6]);
    expect((await engine.sample(oneCompletion))[0]![0]!.logprobs).toEqual(Float64Array.of(1e-6));
  });
});

describe("an answer that is null", () => {
  test("is an error that names the call", async () => {
    const { engine, hook } = await changing();
    hook.changed = () => null;
    await expect(engine.score([sequence])).rejects.toThrow(
      /^forward: the server speaks another protocol: the answer: /,
    );
  });

  test.each(["null", "[]", "5"])("at a server's root is a server without a name: %s", async (root) => {
    const { url } = await world.server({ isExtended: false });
    const rooted: Fetch = async (address, options) =>
      address === `${url}/` ? new Response(root) : fetch(address, options);
    const engine = await world.client(url, { wire: "json", fetch: rooted });
    expect(engine.server?.name).toBe("a server that does not say its name");
  });
});

describe("a redirect", () => {
  test("is an error: neither the key nor the request goes to another address", async () => {
    const seen: unknown[] = [];
    const listening = async (answer: Parameters<typeof createServer>[1]) => {
      const server = createServer(answer).listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      closing.push(() => server.close());
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    };
    const other = await listening((asked, answer) => {
      seen.push(asked.headers["x-api-key"]);
      answer.end("{}");
    });
    const front = await listening((asked, answer) => {
      answer.writeHead(302, { location: `${other}${asked.url}` }).end();
    });
    const open = world.client(front, { apiKey: "tml-secret" });
    await expect(open).rejects.toThrow(EngineError);
    await expect(open).rejects.toThrow(
      `get_server_capabilities: ${front} redirects to ${other}/api/v1/get_server_capabilities (302), where nothing is sent; correct engine.url`,
    );
    expect(seen).toEqual([]);
  });
});

test("a wait until a date is kept", async () => {
  const waits: number[] = [];
  const clock = { now: () => 0, sleep: async (wait: number) => void waits.push(wait) };
  const { url } = await world.server();
  let isBusy = true;
  const busy: Fetch = async (address, options) => {
    if (!isBusy) return fetch(address, options);
    isBusy = false;
    const date = new Date(Date.now() + 30_000).toUTCString();
    return new Response("busy", { status: 503, headers: { "retry-after": date } });
  };
  await world.client(url, { clock, fetch: busy });
  expect(waits).toHaveLength(1);
  expect(waits[0]).toBeGreaterThan(25_000);
});
