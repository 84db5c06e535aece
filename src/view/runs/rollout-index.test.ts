import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { madeRun, rolloutLine } from "../../testing/made-run.ts";
import { rolloutIndexEntry } from "../../train/run-directory/rollout-index.ts";
import { RecordedIndex } from "./recorded-index.ts";
import { RolloutIndex } from "./rollout-index.ts";
import { Run } from "./run.ts";

let path: string;
let run: Run;
beforeEach(() => {
  path = madeRun({
    completions: [
      ["right 1", "wrong 22"],
      ["wrong 3", "wrong 4"],
    ],
  });
  run = new Run("made", path);
});

const EVERYTHING = { sort: "", outcome: "", spread: "" };
const shown = async (query: Partial<typeof EVERYTHING>, from = 0) =>
  (await run.ranking({ ...EVERYTHING, ...query }, from)).groups.map(
    ({ iteration, completions }) => `${iteration} ${completions.map(({ text }) => text).join()}`,
  );

describe("completions of all iterations", () => {
  test("newest first, in the order of their files", async () => {
    expect((await shown({})).slice(0, 5)).toEqual([
      "3 right 1",
      "3 wrong 22",
      "3 wrong 3",
      "3 wrong 4",
      "2 right 1",
    ]);
  });

  test("of one iteration are filtered and sorted alone", async () => {
    const of = async (query: Partial<typeof EVERYTHING>, iteration: number) => {
      const { groups, total } = await run.ranking({ ...EVERYTHING, ...query }, 0, iteration);
      return [total, ...groups.map((group) => `${group.iteration} ${group.completions[0]?.text}`)];
    };
    expect(await of({ outcome: "right" }, 2)).toEqual([1, "2 right 1"]);
    expect(await of({ sort: "tokens" }, 1)).toEqual([4, "1 wrong 22", "1 right 1", "1 wrong 3", "1 wrong 4"]);
    expect(await of({}, 9)).toEqual([0]);
    expect((await run.ranking(EVERYTHING, 0)).total).toBe(12);
  });

  test("lines that cannot be read are counted over all files", async () => {
    expect((await run.ranking(EVERYTHING, 0)).unreadable).toBe(0);
    appendFileSync(join(path, "rollouts", "000001.jsonl"), "cut off\n");
    appendFileSync(join(path, "rollouts", "000003.jsonl"), '{"no":"completion"}\n{"pro\n');
    expect(await run.ranking(EVERYTHING, 0)).toMatchObject({ unreadable: 3, total: 12, isCut: false });
  });

  test("by a number, greatest or least first, the newest first among equals", async () => {
    expect((await shown({ sort: "tokens" })).slice(0, 4)).toEqual([
      "3 wrong 22",
      "2 wrong 22",
      "1 wrong 22",
      "3 right 1",
    ]);
    expect((await shown({ sort: "-tokens" })).at(-1)).toBe("1 wrong 22");
    expect((await shown({ sort: "part.accuracy" })).slice(0, 3)).toEqual([
      "3 right 1",
      "2 right 1",
      "1 right 1",
    ]);
    expect((await shown({ sort: "advantage" }))[0]).toBe("3 right 1");
  });

  test("that pass the filters, each under the whole of its group's question and advantages", async () => {
    expect(await shown({ outcome: "right" })).toEqual(["3 right 1", "2 right 1", "1 right 1"]);
    expect(await shown({ outcome: "wrong", spread: "spread" })).toEqual([
      "3 wrong 22",
      "2 wrong 22",
      "1 wrong 22",
    ]);
    expect(await shown({ spread: "no spread" })).toHaveLength(6);
    expect(await shown({ outcome: "truncated" })).toEqual([]);
    const { groups, total, next } = await run.ranking({ ...EVERYTHING, outcome: "right" }, 0);
    expect([total, next]).toEqual([3, null]);
    expect(groups[0]).toMatchObject({ question: "What is the largest digit?", hasSpread: true, index: 0 });
    expect(groups[0]?.completions[0]?.advantage).toBeGreaterThan(0);
  });

  test("a number that nothing has sorts nothing away", async () => {
    expect(await shown({ sort: "part.nothing" })).toHaveLength(12);
    expect(await shown({ sort: "nothing" })).toHaveLength(12);
  });

  test("page by page", async () => {
    const completions = Array.from({ length: 50 }, (_, i) => [`a${i}`, `b${i}`]);
    run = new Run("long", madeRun({ iterations: 2, completions }));
    const first = await run.ranking(EVERYTHING, 0);
    expect([first.groups.length, first.next, first.total, first.isCut]).toEqual([64, 64, 200, false]);
    const places = new Set<string>();
    for (let from: number | null = 0; from !== null; ) {
      const { groups, next } = await run.ranking(EVERYTHING, from);
      for (const { iteration, completions: some } of groups) places.add(`${iteration} ${some[0]?.at}`);
      from = next;
    }
    expect(places.size).toBe(200);
  });

  test("as the files are now: one that grew, one that went, and a line that is cut", async () => {
    expect(await shown({ outcome: "right" })).toHaveLength(3);
    appendFileSync(join(path, "rollouts", "000002.jsonl"), `${rolloutLine(9, "late 1")}\n{"problem":`);
    expect((await shown({ outcome: "right" })).slice(1, 3)).toEqual(["2 right 1", "2 late 1"]);
    rmSync(join(path, "rollouts", "000003.jsonl"));
    expect(await shown({ outcome: "right" })).toEqual(["2 right 1", "2 late 1", "1 right 1"]);
  });
});

describe("the index that a run wrote", () => {
  /** Writes the index of all three iterations, with a verdict on each text. */
  const withIndex = (verdictOn: (text: string) => boolean) => {
    const texts = readFileSync(join(path, "rollouts", "000001.jsonl"), "utf8").split(/(?<=\n)/);
    const lines = texts.map((text) => ({ ...JSON.parse(text), verdict: Number(verdictOn(text)) }));
    const entries = [1, 2, 3].map((iteration) => JSON.stringify(rolloutIndexEntry(iteration, lines, texts)));
    writeFileSync(join(path, "rollout-index.jsonl"), `${entries.join("\n")}\n{"iteration":`);
  };

  test("gives the same lists as the files", async () => {
    const queries = [
      {},
      { sort: "tokens" },
      { sort: "advantage" },
      { sort: "-part.accuracy" },
      { outcome: "right" },
      { spread: "spread" },
    ];
    const lists = (of: Run) =>
      Promise.all(queries.map((query) => of.ranking({ ...EVERYTHING, ...query }, 0)));
    const read = await lists(run);
    withIndex((text) => text.includes("right"));
    expect(await lists(new Run("indexed", path))).toEqual(read);
  });

  test("replaces its files, which are not read, and is ignored where a file has changed", async () => {
    withIndex(() => true);
    expect(await shown({ outcome: "right" })).toHaveLength(12);
    appendFileSync(join(path, "rollouts", "000002.jsonl"), `${rolloutLine(9, "late 1")}\n`);
    const right = await shown({ outcome: "right" });
    expect(right).toHaveLength(10);
    expect(right.filter((text) => text.startsWith("2 "))).toEqual(["2 right 1", "2 late 1"]);
  });

  test.each([
    [13, 12, false, [4, 4, 4]],
    [12, 12, false, [4, 4, 4]],
    [8, 8, true, [undefined, 4, 4]],
    [6, 8, true, [undefined, 4, 4]],
    [2, 4, true, [undefined, undefined, 4]],
  ])(
    "of at most %d completions holds what a list of so many shows (%d)",
    async (most, total, isCut, counts) => {
      withIndex(() => true);
      const { size: bytes } = statSync(join(path, "rollouts", "000001.jsonl"));
      const files = [1, 2, 3].map((iteration) => ({ iteration, bytes, state: "" }));
      const recorded = new RecordedIndex(most);
      await recorded.readOn(join(path, "rollout-index.jsonl"), await run.config());
      const of = ({ iteration, state }: (typeof files)[number]) => recorded.file(iteration, bytes, state);
      expect(files.map((file) => of(file)?.count)).toEqual(counts);
      const index = new RolloutIndex(most);
      await index.readOn(files, of, () => Promise.reject(new Error("a file was read")));
      expect([index.ranked(EVERYTHING, 0, 99).total, index.isCut]).toEqual([total, isCut]);
    },
  );
});
