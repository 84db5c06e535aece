import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EngineError, ModelError } from "../../../errors/index.ts";
import { temporaryDirectory } from "../../../testing/temporary-directory.ts";
import { freshSmallModel } from "../../small-model.ts";
import { type Arrangement, arrangementText } from "./arrangement.ts";
import { chooseArrangement } from "./choose-arrangement.ts";
import { trainingMemory } from "./memory-need.ts";
import { openProbe, probeSize } from "./probe.ts";
import { cacheDirectory, RememberedChoices } from "./remembered-choices.ts";

const model = freshSmallModel(0);
const AUTO = { threads: "auto", replicas: "auto" } as const;
const GIB = 2 ** 30;
const machine = (cores: number, memory = 64 * GIB) => ({ cores, memory, cpu: "made up", load: 0 });
const fresh = () => new RememberedChoices(join(temporaryDirectory(), "arrangements.json"));

/** Probes with these speeds by threads and replicas, and lists of what was opened and is open. */
function forced(speeds: Readonly<Record<string, number>>, failsInRound: readonly string[] = []) {
  const asked: string[] = [];
  const isOpen = new Set<string>();
  const open = async ({ threads, replicas }: Arrangement) => {
    const name = `${threads}/${replicas}`;
    asked.push(name);
    const speed = speeds[name];
    if (speed === undefined) throw new EngineError(`no memory for ${name}`);
    isOpen.add(name);
    return {
      tokens: 1,
      async round() {
        if (!isOpen.has(name)) throw new EngineError(`${name} is closed`);
        if (failsInRound.includes(name)) throw new EngineError(`${name} ran out of memory`);
        return 1 / speed;
      },
      async close() {
        isOpen.delete(name);
      },
    };
  };
  return { asked, isOpen, openProbe: open };
}

describe("the arrangement", () => {
  test("is the fastest of the measured arrangements", async () => {
    for (const [best, speeds] of [
      [
        { threads: 2, replicas: 2 },
        { "1/1": 40, "2/1": 22, "2/2": 52 },
      ],
      [
        { threads: 1, replicas: 1 },
        { "1/1": 40, "2/1": 22, "2/2": 30 },
      ],
      [
        { threads: 2, replicas: 1 },
        { "1/1": 40, "2/1": 70, "2/2": 50 },
      ],
    ] as const) {
      const chosen = await chooseArrangement({ model }, AUTO, {
        machine: machine(2),
        remembered: fresh(),
        ...forced(speeds),
      });
      expect(chosen).toMatchObject({ ...best, by: "measured", cores: 2, warnings: [] });
      expect(chosen.tried).toHaveLength(3);
    }
  });

  test("is one of fewer replicas where more are hardly faster", async () => {
    const { openProbe: measure } = forced({ "1/1": 100, "2/1": 98, "2/2": 104 });
    const world = { machine: machine(2), remembered: fresh(), openProbe: measure };
    expect(await chooseArrangement({ model }, AUTO, world)).toMatchObject({ threads: 1, replicas: 1 });
  });

  test("is not looked for among more replicas once more were slower", async () => {
    const { asked, openProbe: measure } = forced({ "1/1": 10, "8/1": 60, "8/2": 50 });
    const world = { machine: machine(8), remembered: fresh(), openProbe: measure };
    expect(await chooseArrangement({ model }, AUTO, world)).toMatchObject({ threads: 8, replicas: 1 });
    expect(asked).toEqual(["1/1", "8/1", "8/2"]);
  });

  test("is looked for among more replicas where one thread alone is the fastest so far", async () => {
    const { asked, isOpen, openProbe: measure } = forced({ "1/1": 40, "4/1": 15, "4/2": 30, "4/4": 140 });
    const world = { machine: machine(4), remembered: fresh(), openProbe: measure };
    expect(await chooseArrangement({ model }, AUTO, world)).toMatchObject({ threads: 4, replicas: 4 });
    expect(asked).toHaveLength(4);
    expect(isOpen.size).toBe(0);
  });

  test("of a busy machine is not remembered beyond this process, and that is said", async () => {
    const remembered = fresh();
    const { openProbe: measure } = forced({ "1/1": 40, "2/1": 22, "2/2": 52 });
    const world = { machine: { ...machine(2), load: 20 }, remembered, openProbe: measure };
    const { warnings } = await chooseArrangement({ model }, AUTO, world);
    expect(warnings).toEqual([
      "this machine is busy, 20.0 processes want its 2 cores: the arrangement is measured again next time; engine.threads and engine.replicas fix it",
    ]);
    expect(await chooseArrangement({ model }, AUTO, world)).toMatchObject({ by: "remembered" });
    expect(existsSync(remembered.path)).toBe(false);
  });

  test("is remembered, for the same machine and shape of model", async () => {
    const remembered = fresh();
    const first = forced({ "1/1": 40, "2/1": 22, "2/2": 52 });
    const world = { machine: machine(2), openProbe: first.openProbe };
    await chooseArrangement({ model }, AUTO, { ...world, remembered });
    const again = new RememberedChoices(remembered.path);
    const other = forced({ "1/1": 52, "2/1": 22, "2/2": 40 });
    const known = { machine: machine(2), remembered: again, openProbe: other.openProbe };
    expect(await chooseArrangement({ model: freshSmallModel(7) }, AUTO, known)).toMatchObject({
      replicas: 2,
      by: "remembered",
      tried: [{}, {}, { threads: 2, replicas: 2, tokensPerSecond: 52 }],
    });
    expect(other.asked).toEqual([]);
    const elsewhere = { ...known, machine: { ...machine(2), cpu: "another" } };
    expect(await chooseArrangement({ model }, AUTO, elsewhere)).toMatchObject({
      replicas: 1,
      by: "measured",
    });
  });

  test("is measured again if the file is broken, and a file that cannot be written is reported", async () => {
    const broken = fresh();
    writeFileSync(broken.path, "{ nonsense");
    const speeds = { "1/1": 40, "2/1": 22, "2/2": 52 };
    const world = { machine: machine(2), ...forced(speeds) };
    expect(await chooseArrangement({ model }, AUTO, { ...world, remembered: broken })).toMatchObject({
      by: "measured",
    });
    expect(JSON.parse(readFileSync(broken.path, "utf8"))).toMatchObject({ version: 1 });
    // There is a file in place of the directory.
    const nowhere = new RememberedChoices(join(broken.path, "arrangements.json"));
    const unwritten = await chooseArrangement({ model }, AUTO, { ...world, remembered: nowhere });
    expect(unwritten.warnings[0]).toMatch(/^the arrangement cannot be remembered, .*arrangements\.json/);
    expect(await chooseArrangement({ model }, AUTO, { ...world, remembered: nowhere })).toMatchObject({
      by: "remembered",
    });
  });

  test("is one thread on one core, without a measurement", async () => {
    const { asked, openProbe: measure } = forced({});
    const world = { machine: machine(1), remembered: fresh(), openProbe: measure };
    expect(await chooseArrangement({ model }, AUTO, world)).toMatchObject({
      threads: 1,
      replicas: 1,
      by: "only",
      warnings: [],
    });
    expect(asked).toEqual([]);
  });

  test("has no more replicas than memory has room for, and says where it has none for one", async () => {
    const need = (replicas: number) =>
      trainingMemory(model.config, { threads: 4, replicas }, { maxTokens: 2048, isAdapted: false });
    const { asked, openProbe: measure } = forced({ "1/1": 1, "4/1": 2, "4/2": 3, "4/4": 4 });
    const world = { remembered: fresh(), openProbe: measure };
    const two = { ...world, machine: machine(4, need(2)) };
    expect(await chooseArrangement({ model }, AUTO, two)).toMatchObject({
      threads: 4,
      replicas: 2,
      memoryNeed: need(2),
      warnings: [],
    });
    expect(asked).not.toContain("4/4");
    const none = { ...world, machine: machine(1, 2 ** 20) };
    const { warnings } = await chooseArrangement({ model }, AUTO, none);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^training this model needs about 0\.\d GiB of memory, and 0\.0 GiB are free/,
    );
  });

  test("that cannot be opened is no choice, but a model that cannot be opened at all is an error", async () => {
    const world = { machine: machine(2), remembered: fresh() };
    const { openProbe: measure } = forced({ "1/1": 40, "2/1": 22 });
    const chosen = await chooseArrangement({ model }, AUTO, { ...world, openProbe: measure });
    expect(chosen).toMatchObject({ threads: 1, replicas: 1 });
    expect(chosen.tried?.at(-1)).toMatchObject({
      tokensPerSecond: 0,
      error: expect.stringContaining("no memory"),
    });
    expect(chosen.warnings).toEqual([
      "an arrangement was left out, since it failed: 2 replicas of 1 thread: no memory for 2/2",
    ]);
    const { openProbe: never } = forced({});
    const failing = { machine: machine(2), remembered: fresh(), openProbe: never };
    await expect(chooseArrangement({ model }, AUTO, failing)).rejects.toThrow(EngineError);
    await expect(chooseArrangement({ model: "/nowhere" }, AUTO, world)).rejects.toThrow(ModelError);
  });

  test.each([
    ["the first cannot be opened", { "2/1": 40, "2/2": 50 }, [], { threads: 2, replicas: 2 }, "1/1"],
    [
      "the first fails in a round",
      { "1/1": 90, "2/1": 40, "2/2": 20 },
      ["1/1"],
      { threads: 2, replicas: 1 },
      "1/1",
    ],
    [
      "a later one fails in a round",
      { "1/1": 40, "2/1": 22, "2/2": 52 },
      ["2/2"],
      { threads: 1, replicas: 1 },
      "2/2",
    ],
    ["only the last is left", { "1/1": 1, "2/2": 2 }, ["1/1"], { threads: 2, replicas: 2 }, "1/1"],
  ] as const)(
    "is chosen among the others where %s, which is said",
    async (_name, speeds, fails, best, failed) => {
      const { isOpen, openProbe: measure } = forced(speeds, fails);
      const world = { machine: machine(2), remembered: fresh(), openProbe: measure };
      const { tried = [], warnings, ...chosen } = await chooseArrangement({ model }, AUTO, world);
      expect(chosen).toMatchObject(best);
      expect(tried.filter(({ error }) => error?.includes(failed))).toHaveLength(1);
      expect(warnings.some((warning) => warning.includes(failed))).toBe(true);
      expect(isOpen.size).toBe(0);
    },
  );

  test("fails only where none is left, by the first error", async () => {
    const all = ["1/1", "2/1", "2/2"];
    const { openProbe: measure, isOpen } = forced({ "2/1": 1, "2/2": 1 }, all);
    const world = { machine: machine(2), remembered: fresh(), openProbe: measure };
    const chosen = chooseArrangement({ model }, AUTO, world);
    // The last one that can be opened has nothing to be measured against.
    expect(await chosen).toMatchObject({ threads: 2, replicas: 2 });
    const { openProbe: none } = forced({});
    const failing = chooseArrangement({ model }, AUTO, { ...world, remembered: fresh(), openProbe: none });
    await expect(failing).rejects.toThrow("no memory for 1/1");
    expect(isOpen.size).toBe(0);
  });

  test("that is given stays as it is on every machine", async () => {
    const { asked, openProbe: measure } = forced({});
    const world = { machine: machine(1, 1), remembered: fresh(), openProbe: measure };
    const given = { threads: 6, replicas: 3 };
    expect(await chooseArrangement({ model }, given, world)).toMatchObject({
      ...given,
      by: "given",
      warnings: [],
    });
    await expect(chooseArrangement({ model }, { threads: 0, replicas: "auto" }, world)).rejects.toThrow(
      "threads: expected a positive integer, got 0",
    );
    expect(asked).toEqual([]);
  });

  test("of a model that stays in its file is one replica of all cores", async () => {
    const world = { machine: machine(8), remembered: fresh() };
    expect(await chooseArrangement({ model, stream: true }, AUTO, world)).toMatchObject({
      threads: 8,
      replicas: 1,
    });
  });

  test("is measured by sampling and learning with the model", async () => {
    const one = await openProbe({ model, threads: 1, replicas: 1 }, model.config, 2);
    expect(one.tokens).toBe(1024);
    expect(await one.round()).toBeGreaterThan(0);
    await one.close();
  }, 300_000);
});

test("a probe has fewer tokens the larger the model, and prompts for every core", () => {
  const tokens = (parameters: number, cores: number) => {
    const { prompts, groupSize, tokens: each } = probeSize(parameters, cores);
    expect(prompts).toBeGreaterThanOrEqual(2 * cores);
    return prompts * groupSize * each;
  };
  expect(tokens(1e6, 2)).toBe(1024);
  expect(tokens(2.5e7, 2)).toBeLessThanOrEqual(96);
  expect(tokens(2e8, 2)).toBe(16);
  expect(tokens(2e8, 64)).toBe(256);
});

test("the cache is the user's own, or where the environment says", () => {
  expect(cacheDirectory({ FOVEA_CACHE: "/a" })).toBe("/a");
  expect(cacheDirectory({ XDG_CACHE_HOME: "/b" })).toBe(join("/b", "fovea"));
  expect(cacheDirectory({})).toMatch(/\.cache.fovea$/);
});

test("an arrangement is said in words", () => {
  expect(arrangementText({ threads: 2, replicas: 2 })).toBe("2 replicas of 1 thread");
  expect(arrangementText({ threads: 4, replicas: 1 })).toBe("1 replica of 4 threads");
});
