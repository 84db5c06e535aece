import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { openEngine } from "../config/index.ts";
import type { Engine } from "../engine/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { TinkerWorld } from "../testing/tinker-fixtures.ts";
import { collectingContext, digitsFakeEngine, interruptedBy, TINY_FLAGS } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

/** One whose sampler has other weights than its trainer. */
function unsound(): Engine {
  const [own, other] = [digitsFakeEngine(), digitsFakeEngine()];
  const step: Engine["step"] = async (adam) => own.step(adam);
  return { ...own, step, sample: (request) => other.sample(request) };
}

const words = (url: string, ...more: readonly string[]) => [
  ...["engine", "check", "--set", "engine=tinker", "--set", `engine.url=${url}`],
  ...more,
];

describe("fovea engine check", () => {
  test("names the server, its versions and capabilities, and five comparisons", async () => {
    const { url } = await world.server({ engine: digitsFakeEngine });
    const { context, stdout } = collectingContext({ openEngine });
    expect(await runCommandLine(words(url), context)).toBe(0);
    expect(stdout()).toContain("fovea serve 0");
    expect(stdout()).toContain("protobuf, schema of tinker 0.38.0");
    expect(stdout()).toMatch(/capabilities +attention, .*image-ablation/);
    expect(stdout().match(/^(before|after) a step .*(text|picture)/gm)).toHaveLength(5);
    expect(stdout()).toContain("sampler and trainer agree: no mean above 0.1");
  });

  test("fails where they disagree, with the likely cause, and the same for machines", async () => {
    const { url } = await world.server({ engine: unsound });
    const { context, stdout, stderr } = collectingContext({ openEngine });
    expect(await runCommandLine(words(url), context)).toBe(1);
    expect(stdout()).toContain("dropped-weights: ");
    expect(stderr()).toContain(`error: engine check: ${url}: dropped-weights`);
    const json = collectingContext({ openEngine });
    expect(await runCommandLine(words(url, "--json"), json.context)).toBe(1);
    const [found, failed] = json
      .stdout()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(found).toMatchObject({ event: "engine-check", cause: { kind: "dropped-weights" } });
    expect(failed).toMatchObject({ event: "failed", code: "engine" });
  });

  test("is for an engine elsewhere", async () => {
    const { context, stderr } = collectingContext({ openEngine });
    expect(await runCommandLine(["engine", "check"], context)).toBe(2);
    expect(stderr()).toContain('engine.kind: expected "tinker", got "local"');
  });
});

describe("fovea train on an engine elsewhere", () => {
  const train = (url: string, ...more: readonly string[]) => [
    ...["train", "--run-dir", `${temporaryDirectory()}/run`, ...more],
    ...[...TINY_FLAGS, "engine=tinker", `engine.url=${url}`, "sft.steps=0", "train.iterations=1"].flatMap(
      (flag) => ["--set", flag],
    ),
  ];

  test("stops before the first step where sampler and trainer disagree, unless the check is off", async () => {
    const { url } = await world.server({ engine: unsound });
    const checked = collectingContext({ openEngine });
    expect(await runCommandLine(train(url), checked.context)).toBe(1);
    expect(checked.stderr()).toContain(`engine check: ${url}: dropped-weights: `);
    expect(checked.stderr()).toContain("engine.check: false trains all the same");
    const unchecked = collectingContext({ openEngine });
    expect(await runCommandLine(train(url, "--set", "engine.check=false"), unchecked.context)).toBe(0);
  });

  test("says at once that nobody answers, and ends when it is asked to", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.close();
    const controller = new AbortController();
    const { context, stderr, stdout } = collectingContext({
      openEngine,
      interruption: interruptedBy(controller.signal),
    });
    const ended = runCommandLine(train(url, "--json"), context);
    setTimeout(() => controller.abort(), 1000);
    expect(await ended).toBe(130);
    expect(stderr()).toContain(`${url} does not answer get_server_capabilities (`);
    expect(stdout()).toContain('"event":"engine-retry"');
    expect(stderr()).toContain(`interrupted while ${url} gave no answer`);
  });
});
