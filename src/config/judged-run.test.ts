import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ConfigError, PartError } from "../errors/index.ts";
import { recordedAgreement } from "../judge/index.ts";
import { type ChatReply, type ChatServer, SILENCE, startChatServer } from "../testing/chat-server.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { digitsFakeEngine, freshPath, steadyClock, tinyConfig } from "../testing/tiny-run.ts";
import type { RunEvent } from "../train/index.ts";
import { type RunOptions, runTraining } from "./run.ts";

let server: ChatServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A judge of the digits task: right when the reply is the accepted answer. */
function verdictOf(text: string): string {
  const between = (tag: string) => new RegExp(`<${tag}>\n([^]*?)\n</${tag}>`).exec(text)?.[1];
  return between("reply") === between("answers") ? "Correct" : "Incorrect";
}

async function start(reply: (text: string, number: number) => ChatReply = verdictOf): Promise<ChatServer> {
  server = await startChatServer((call, number) => reply(call.messages.at(-1)?.content ?? "", number));
  return server;
}

function options(url: string, flags: readonly string[], more: Partial<RunOptions> = {}) {
  const events: RunEvent[] = [];
  const path = freshPath();
  const config = tinyConfig("train.checkpointEvery=0", "credit=uniform", "train.reportKlEvery=0", ...flags);
  const run: RunOptions = {
    config,
    runDirectory: path,
    openEngine: async () => digitsFakeEngine(),
    clock: steadyClock(),
    onEvent: (event) => events.push(event),
    ...more,
  };
  return { run, events, path: run.runDirectory, url };
}

const judge = (url: string, more = "") => `{kind: judge, url: ${url}, model: qwen, retries: 0${more}}`;

function left(path: string) {
  const records = readFileSync(join(path, "metrics.jsonl"), "utf8").trim().split("\n");
  return records.map((line) => {
    const { timing: _timing, ...record } = JSON.parse(line) as Record<string, unknown>;
    return record;
  });
}

test("a judge as a reward trains, and its agreement with the rule is a metric", async () => {
  const { url } = await start();
  const cache = temporaryDirectory();
  const { run, events } = options(url, [`reward=[${judge(url, `, cache: ${cache}`)}]`]);
  expect((await runTraining(run)).status).toBe("finished");
  const iterations = events.filter((event) => event.event === "iteration");
  expect(iterations).toHaveLength(4);
  for (const { rewardParts, accuracy, agreement, unscorable } of iterations) {
    expect(rewardParts["judge"]).toBe(accuracy);
    expect(agreement).toEqual({ judge: 1 });
    expect(unscorable).toBe(0);
  }
  expect(recordedAgreement(cache)).toMatchObject([{ model: "qwen", prompt: "binary", alike: 1, kappa: 1 }]);
});

test("a judge as the verdict decides what is right", async () => {
  const { url } = await start(() => "Correct");
  const { run, events } = options(url, [`verdict=${judge(url)}`, "reward=[accuracy, format]"]);
  await runTraining(run);
  const [first] = events.filter((event) => event.event === "iteration");
  expect(first?.rewardParts["accuracy"]).toBe(first?.accuracy);
  // All except empty completions, about which no judge is asked; by the rule it is a tenth.
  expect(first?.accuracy).toBeGreaterThan(0.8);
});

test("a judge as the verdict that fails in the midst stops the run with a checkpoint", async () => {
  let isBroken = false;
  const { url } = await start(() => (isBroken ? { status: 429, body: "come back tomorrow" } : "Correct"));
  const onEvent = (event: RunEvent) => {
    if (event.event === "iteration" && event.iteration === 3) isBroken = true;
  };
  const { run, path } = options(url, [`verdict=${judge(url, ", concurrency: 2")}`], { onEvent });
  await expect(runTraining(run)).rejects.toThrow(
    /^judge qwen at http:\S+: status 429: come back tomorrow; look at/,
  );
  expect(readdirSync(join(path, "checkpoints"))).toEqual(["000003"]);
});

test("prose instead of a verdict is unscorable, counted, and the run continues", async () => {
  const { url } = await start((text, number) => (number % 4 === 0 ? "Hard to say." : verdictOf(text)));
  const { run, events } = options(url, [`reward=[${judge(url, ", concurrency: 1")}]`]);
  expect((await runTraining(run)).status).toBe("finished");
  const [first] = events.filter((event) => event.event === "iteration");
  expect(first?.unscorable).toBeGreaterThan(0);
  expect(first?.failedRewards).toBeUndefined();
});

test("a judge that fails during the run stops it with a checkpoint; once fixed, the run ends with the same numbers", async () => {
  const { url } = await start();
  const reward = (more = "") => `reward=[${judge(url, more)}]`;
  const straight = options(url, [reward()]);
  await runTraining(straight.run);

  await server?.close();
  let isBroken = false;
  const broken = await start((text) => (isBroken ? { status: 500, body: "out of memory" } : verdictOf(text)));
  const flags = [reward().replaceAll(url, broken.url)];
  const { run, path } = options(broken.url, flags);
  const onEvent = (event: RunEvent) => {
    if (event.event === "iteration" && event.iteration === 2) isBroken = true;
  };
  const error = await runTraining({ ...run, onEvent }).catch((reason: unknown) => reason as Error);
  expect(error).toBeInstanceOf(PartError);
  expect((error as Error).message).toMatch(
    /^rewards failed on 64 of 64 .* the first: reward "judge": judge qwen at http/,
  );
  expect((error as Error).message).toContain(
    "status 500: out of memory; look at the server, or raise retries",
  );
  expect(readdirSync(join(path, "checkpoints"))).toEqual(["000002"]);

  await server?.close();
  const mended = await start();
  const config = tinyConfig(
    "train.checkpointEvery=0",
    "credit=uniform",
    "train.reportKlEvery=0",
    ...[reward(", retries: 3").replaceAll(url, mended.url).replace("retries: 0, ", "")],
  );
  const resumed = await runTraining({ ...run, config, resume: true });
  expect(resumed.status).toBe("finished");
  expect(left(path)).toEqual(left(straight.path));
});

test("delays of a judge are reported as warnings", async () => {
  const { url } = await start((text, number) =>
    number === 1 ? { status: 429, retryAfter: "0" } : verdictOf(text),
  );
  const { run, events } = options(url, [
    `reward=[${judge(url).replace("retries: 0", "retries: 2")}]`,
    "train.iterations=1",
  ]);
  await runTraining(run);
  const warnings = events.flatMap((event) => (event.event === "warning" ? [event.message] : []));
  const [warning = "", ...others] = warnings;
  expect(others).toEqual([]);
  expect(warning.replace(/\d\.\d s$/, "… s")).toBe(
    `judge qwen at ${url}: status 429: nothing; attempt 2 of 3 in … s`,
  );
});

test("a run is interrupted at once while a judge gives no answer", async () => {
  const { url } = await start((text, number) => (number > 20 ? SILENCE : verdictOf(text)));
  const controller = new AbortController();
  const { run, path } = options(url, [`reward=[${judge(url)}]`], { signal: controller.signal });
  setTimeout(() => controller.abort(), 1500);
  const result = await runTraining(run);
  expect(result.status).toBe("interrupted");
  expect(existsSync(join(path, "model"))).toBe(false);
});

test.each([
  ["url: nowhere, model: a", "reward.0.url"],
  ["url: 'http://a/v1'", "reward.0.model"],
  ["url: 'http://a/v1', model: a, prompt: binari", "reward.0.prompt"],
  ["url: 'http://a/v1', model: a, prompt: {text: 'Is {answer} right?'}", "did you mean {answers}?"],
  ["url: 'http://a/v1', model: a, apiKey: x", "apiKey"],
])("an impossible judge { %s } is refused, naming %s", (settings, message) => {
  expect(() => tinyConfig(`reward=[{kind: judge, ${settings}}]`)).toThrow(ConfigError);
  expect(() => tinyConfig(`reward=[{kind: judge, ${settings}}]`)).toThrow(message);
});
