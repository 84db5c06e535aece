import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigError, FoveaError, PartError, RunError } from "../../errors/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { digitsFakeEngine, freshPath, steadyClock, tinyConfig } from "../../testing/tiny-run.ts";
import type { RunEvent } from "../../train/index.ts";
import { type RunOptions, type RunResult, runTraining } from "../run.ts";

/** A file with a part, in a directory of its own. */
function moduleFile(text: string, name = "part.ts"): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, text);
  return path;
}

interface Ran {
  readonly path: string;
  readonly events: RunEvent[];
  readonly result?: RunResult;
  readonly error?: FoveaError;
}

async function run(flags: readonly string[], more: Partial<RunOptions> = {}): Promise<Ran> {
  const path = more.runDirectory ?? freshPath();
  const events: RunEvent[] = [];
  try {
    const result = await runTraining({
      config: tinyConfig("train.checkpointEvery=0", ...flags),
      runDirectory: path,
      openEngine: async () => digitsFakeEngine(),
      clock: steadyClock(),
      moduleLimits: { load: 2000, call: 200 },
      onEvent: (event) => events.push(event),
      ...more,
    });
    return { path, events, result };
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    return { path, events, error };
  }
}

const rewardFlag = (path: string, more = "") => `reward=[accuracy, {module: ${path}${more}}]`;
const REWARD = `import { defineReward, z } from "fovea";\n`;
const scoring = (body: string) =>
  `${REWARD}export const own = defineReward({ create: () => (answered) => { ${body} } });\n`;
const checkpoints = (path: string) =>
  existsSync(join(path, "checkpoints")) ? readdirSync(join(path, "checkpoints")) : [];

function left(path: string) {
  const records = readFileSync(join(path, "metrics.jsonl"), "utf8").trim().split("\n");
  return {
    metrics: records.map((line) => {
      const { timing: _timing, ...record } = JSON.parse(line) as Record<string, unknown>;
      return record;
    }),
    weights: readFileSync(join(path, "model", "fake-policy.bin")).toString("base64"),
  };
}

describe("a module that cannot be used is refused before anything is written", () => {
  const good = scoring("return answered.map(() => 1);");

  test.each<[name: string, text: string | undefined, more: string, messages: readonly string[]]>([
    ["does not exist", undefined, "", ["reward.module: ", "no such file"]],
    ["has a syntax error", "export const own = {", "", ["cannot be loaded", "part.ts"]],
    ["throws while it loads", 'throw new Error("no licence");', "", ["cannot be loaded: no licence"]],
    ["throws a text", 'throw "no licence";', "", ["cannot be loaded: no licence"]],
    ["imports what is not there", 'import "./absent.ts";', "", ["cannot be loaded", "absent.ts"]],
    ["never resolves", "await new Promise(() => {});", "", ["loading: did not end within 2 s"]],
    ["exports no part", "export const own = 3;", "", ["expected an export with a create function, got none"]],
    ["has no such export", good, ", export: onw", ['has no export "onw"', 'did you mean "own"?']],
    ["has several", `${good}export const two = own;`, "", ["several definitions: own, two"]],
    ["has no options", good, ", options: {tolerance: 2}", ["own).options: expected none", "tolerance"]],
    [
      "has other options",
      `${REWARD}export const own = defineReward({ schema: z.strictObject({ tolerance: z.number() }), create: () => () => [] });`,
      ", options: {tolerence: 2}",
      ["own).options.tolerance", "unknown option tolerence; it has tolerance"],
    ],
    [
      "has an invalid schema",
      "export const own = { schema: {}, create: () => 1 };",
      "",
      ["expected a zod schema"],
    ],
    [
      "throws when it is made",
      "export const own = { create: () => { throw new Error('no key'); } };",
      "",
      ["own): cannot be made: no key"],
    ],
    [
      "is never made",
      "export const own = { create: () => new Promise(() => {}) };",
      "",
      ["own): cannot be made: create: did not end within 2 s"],
    ],
    [
      "makes nothing",
      "export const own = { create: () => {} };",
      "",
      ["own): cannot be made: expected create to return a part, got undefined"],
    ],
    [
      "makes no reward",
      "export const own = { create: () => 3 };",
      "",
      ["own): expected a function, or an object with score"],
    ],
  ])(
    "one that %s",
    async (_, text, more, messages) => {
      const path = text === undefined ? "/nowhere/part.ts" : moduleFile(text);
      const { error, path: directory } = await run([rewardFlag(path, more)]);
      expect(error).toBeInstanceOf(ConfigError);
      for (const message of [...messages, "part.ts"]) expect(error?.message).toContain(message);
      expect(existsSync(directory)).toBe(false);
    },
    20_000,
  );
});

describe("a reward that fails", () => {
  test.each([
    ["throws", 'throw new Error("no column");', "no column"],
    ["throws a text", 'throw "no column";', "no column"],
    ["rejects", 'return Promise.reject(new Error("no column"));', "no column"],
    [
      "never resolves",
      "return new Promise(() => {});",
      "no result within 0.1 s; fix it, or raise train.rewardTimeoutSeconds",
    ],
    ["returns NaN", "return answered.map(() => NaN);", "expected a finite number or null, got NaN (problem "],
    [
      "returns texts",
      'return answered.map(() => "1");',
      'expected a finite number or null, got "1" (problem ',
    ],
    ["returns too few numbers", "return [];", "expected 64 scores, got 0"],
    ["returns nothing", "", "expected an array of 64 scores, got undefined"],
  ])("always, since it %s, stops the run and says where", async (_, body, message) => {
    const file = moduleFile(scoring(body));
    const { error } = await run([rewardFlag(file), "train.rewardTimeoutSeconds=0.1"]);
    expect(error).toBeInstanceOf(PartError);
    expect(error?.message).toContain("rewards failed on 64 of 64 completions");
    expect(error?.message).toContain(`reward "own" (${file} own): `);
    expect(error?.message).toContain(message);
  });

  test("below the configured share costs those completions, and the run continues", async () => {
    const file = moduleFile(
      scoring(
        `return answered.map(({ text }) => { if (text === "777") throw new Error("777?"); return 1; });`,
      ),
    );
    const { events, result } = await run([rewardFlag(file), "train.maxFailedRewardShare=0.5"]);
    expect(result?.status).toBe("finished");
    const failures = events.filter((event) => event.event === "reward-failed");
    expect(failures.length).toBeGreaterThan(0);
    expect(failures[0]?.message).toMatch(
      /^reward "own" \(.*part\.ts own\): 777\?, at .*part\.ts:2:\d+ \(problem /,
    );
    const failed = events.flatMap((event) => (event.event === "iteration" ? [event.failedRewards ?? 0] : []));
    expect(failed.some((count) => count > 0)).toBe(true);
  });

  test("during the run stops it with a checkpoint of the last whole step; once fixed, the run ends with the same numbers", async () => {
    const mended = scoring("return answered.map(({ tokens }) => tokens.length / 3);");
    const straight = await run([rewardFlag(moduleFile(mended))]);
    const file = moduleFile(
      scoring(`globalThis.calls = (globalThis.calls ?? 0) + 1;
        if (globalThis.calls > 3) throw new Error("disk gone");
        return answered.map(({ tokens }) => tokens.length / 3);`),
    );
    const { path, error } = await run([rewardFlag(file)]);
    expect(error?.message).toContain("disk gone");
    expect(checkpoints(path)).toEqual(["000003"]);
    writeFileSync(file, mended);
    const refused = await run([rewardFlag(file)], { runDirectory: path, resume: true });
    expect(refused.error).toBeInstanceOf(RunError);
    expect(refused.error?.message).toMatch(
      /module \S+part\.ts: SHA-256 [0-9a-f]{12} before, SHA-256 [0-9a-f]{12} now; undo the change, or resume with --accept-modules/,
    );
    const resumed = await run([rewardFlag(file)], { runDirectory: path, resume: true, acceptModules: true });
    expect(resumed.result?.status).toBe("finished");
    expect(left(path)).toEqual(left(straight.path));
    const { modules } = JSON.parse(readFileSync(join(path, "config.json"), "utf8")) as {
      modules: Record<string, string>;
    };
    const again = JSON.parse(readFileSync(join(straight.path, "config.json"), "utf8")) as typeof modules;
    expect(Object.values(modules)).toEqual(Object.values(again["modules"] as unknown as object));
  });

  test("names a file that it imports when that has changed", async () => {
    const file = moduleFile(`import { one } from "./one.ts";\n${scoring("return answered.map(() => one);")}`);
    writeFileSync(join(file, "..", "one.ts"), "export const one = 1;\n");
    const { path } = await run([rewardFlag(file), "train.iterations=1"]);
    writeFileSync(join(file, "..", "one.ts"), "export const one = 2;\n");
    const { error } = await run([rewardFlag(file), "train.iterations=1"], {
      runDirectory: path,
      resume: true,
    });
    expect(error?.message).toContain(`module ${file}: SHA-256`);
  });

  test("by a command names its script when that has changed", async () => {
    const script = join(temporaryDirectory(), "reward.mjs");
    const scored = (score: number) =>
      writeFileSync(
        script,
        `process.stdin.on("data", (text) => {
        for (const _ of String(text).trim().split("\\n")) console.log(${score});
      });`,
      );
    const weights = join(temporaryDirectory(), "weights.bin");
    writeFileSync(weights, new Uint8Array(2 ** 20 + 1));
    const flags = [`reward={command: [${process.execPath}, ${script}, ${weights}]}`, "train.iterations=1"];
    scored(1);
    const { path } = await run(flags);
    expect(readFileSync(join(path, "config.json"), "utf8")).not.toContain(`"${weights}": "`);
    scored(2);
    const { error } = await run(flags, { runDirectory: path, resume: true });
    expect(error?.message).toContain(`module ${script}: SHA-256`);
  });

  test("to end is not waited for when the user ends the run, which resumes to the same numbers", async () => {
    const straight = await run([rewardFlag(moduleFile(scoring("return answered.map(() => 1);")))]);
    const file = moduleFile(
      scoring(`globalThis.waits = (globalThis.waits ?? 0) + 1;
        return globalThis.waits === 3 ? new Promise(() => {}) : answered.map(() => 1);`),
    );
    const controller = new AbortController();
    const onEvent = (event: RunEvent) => {
      if (event.event === "iteration" && event.iteration === 2) setTimeout(() => controller.abort(), 50);
    };
    const { path, result } = await run([rewardFlag(file)], { signal: controller.signal, onEvent });
    expect(result).toMatchObject({ status: "interrupted", completed: 2 });
    expect(checkpoints(path)).toEqual(["000002"]);
    await run([rewardFlag(file)], { runDirectory: path, resume: true });
    expect(left(path)).toEqual(left(straight.path));
  });
});

describe("a credit method that fails", () => {
  const credit = (body: string) =>
    moduleFile(`export const own = { create: () => ({ needs: {}, credit: (groups) => { ${body} } }) };`);
  const each = (weights: string) =>
    `return groups.map((group) => group.map(({ mask }) => ({ weights: ${weights} })));`;

  test.each([
    ["throws", 'throw new Error("no graph");', "no graph"],
    [
      "returns too few weights",
      each("mask.slice(1)"),
      /expected \d weights for completion 0 of group 0 \(problem .*\), got \d/,
    ],
    [
      "returns NaN",
      each("[...mask].fill(NaN)"),
      /expected finite weights, got NaN \(token 0 of completion 0 of group 0/,
    ],
    ["returns no groups", "return [];", /expected 8 credits for group 0, got none/],
    ["returns nothing", "", /expected 8 credits for group 0, got none/],
    ["is asynchronous", "return Promise.resolve([]);", "expected weights, got a Promise"],
  ])("since it %s stops the run and says where", async (_, body, message) => {
    const file = credit(body);
    const { error } = await run([`credit={module: ${file}}`]);
    expect(error).toBeInstanceOf(PartError);
    expect(error?.message).toContain(`credit "own" (${file} own): `);
    expect(error?.message).toMatch(message);
  });

  test("without needs is refused", async () => {
    const { error } = await run([
      `credit={module: ${moduleFile("export const own = { create: () => ({ credit: () => [] }) };")}}`,
    ]);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error?.message).toContain("own): expected an object with needs and credit, got credit");
  });

  test("during the run leaves a checkpoint; once fixed, the run ends with the same numbers", async () => {
    const body = each("[...mask].fill(1)");
    const straight = await run([`credit={module: ${credit(body)}}`]);
    const file = credit(`globalThis.credits = (globalThis.credits ?? 0) + 1;
      if (globalThis.credits > 2) return [];
      ${body}`);
    const { path, error } = await run([`credit={module: ${file}}`]);
    expect(error).toBeInstanceOf(PartError);
    expect(checkpoints(path)).toEqual(["000002"]);
    writeFileSync(file, readFileSync(credit(body)));
    await run([`credit={module: ${file}}`], { runDirectory: path, resume: true, acceptModules: true });
    expect(left(path)).toEqual(left(straight.path));
  });
});

describe("a task that fails", () => {
  const task = (train: string) =>
    moduleFile(`export const own = { create: () => ({ name: "mine", train: ${train} }) };`);
  const good = `({ id: String(index), images: [], question: "How many?", answers: ["7"], columns: {} })`;
  const source = (problem: string) => `{ fingerprint: "f", size: Infinity, problem: (index) => ${problem} }`;

  const taskRun = (file: string) => {
    const base = tinyConfig("train.checkpointEvery=0", "credit=uniform");
    const config = {
      ...base,
      data: { kind: "module" as const, module: file, options: {} },
    };
    return run([], { config });
  };

  test.each<[name: string, train: string, message: RegExp | string]>([
    ["has no train", "undefined", /own\): expected a source "train", got name/],
    ["cannot be opened", '() => { throw new Error("no disk"); }', "train: no disk"],
    ["never opens", "() => new Promise(() => {})", "train: did not end within 0.2 s"],
    ["is no source", "{}", "train: fingerprint: expected string, got undefined"],
    ["has no problems", '{ fingerprint: "f", size: 0, problem() {} }', /train: size: .*got 0/],
    [
      "has no function",
      '{ fingerprint: "f", size: 3 }',
      "train: problem: expected a function of the problem's index, got undefined",
    ],
    ["throws", source('{ throw new Error("no row"); }'), /train: problem \d+: no row/],
    [
      "never gives a problem",
      source("new Promise(() => {})"),
      /train: problem \d+: did not end within 0\.2 s/,
    ],
    ["gives none", source("undefined"), /train: problem \d+: expected object, got undefined/],
    [
      "gives no id",
      source(good.replace("String(index)", "index")),
      /train: problem \d+: id: expected string, got \d+/,
    ],
    [
      "gives no question",
      source(good.replace('"How many?"', "3")),
      /problem \d+: question: expected string, got 3/,
    ],
    ["gives no answers", source(good.replace('["7"]', "[]")), /problem \d+: answers: .*got an array of 0/],
    [
      "gives numbers as answers",
      source(good.replace('"7"', "7")),
      /problem \d+: answers\.0: expected string, got 7/,
    ],
    [
      "gives no columns",
      source(good.replace("columns: {}", "")),
      /problem \d+: columns: expected record, got undefined/,
    ],
    [
      "gives an image of the wrong size",
      source(good.replace("images: []", "images: [{ width: 2, height: 2, data: new Uint8Array(4) }]")),
      /problem \d+: images\.0\.data: expected 2 × 2 × 3 = 12 bytes of RGB, got 4/,
    ],
  ])("since it %s stops the run and says where", async (_, train, message) => {
    const file = task(train);
    const { error } = await taskRun(file);
    expect(error).toBeInstanceOf(FoveaError);
    expect(error?.message).toContain(`${file} own)`);
    expect(error?.message).toMatch(message);
  });

  test("trains where it does not", async () => {
    expect((await taskRun(task(source(good)))).result?.status).toBe("finished");
  });
});

describe("a verdict that fails", () => {
  test.each([
    ["throws", 'throw new Error("no rule");', "no rule"],
    [
      "says nothing",
      "",
      "expected { extracted: text or null, score: 0 to 1 or null, reason: text }, got nothing",
    ],
    [
      "gives a score beyond 1",
      'return { extracted: null, score: 2, reason: "" };',
      'got {"extracted":null,"score":2',
    ],
    ["never ends", "return new Promise(() => {});", "did not end within 0.2 s"],
  ])("since it %s stops the run and says where", async (_, body, message) => {
    const file = moduleFile(
      `export const own = { create: () => ({ name: "mine", judge: () => { ${body} } }) };`,
    );
    const { error } = await run([`verdict={module: ${file}}`]);
    expect(error).toBeInstanceOf(PartError);
    expect(error?.message).toContain(`verdict "mine" (${file} own): `);
    expect(error?.message).toContain(message);
  });
});
