import { appendFileSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { Places } from "../runs/places.ts";
import { Recent } from "../runs/recent.ts";
import { AnswerFile } from "./answer-file.ts";
import type { AnswerIndex } from "./answer-index.ts";
import { ResultSet } from "./result-set.ts";

const head = (model: string) => ({
  event: "evaluation",
  version: 1,
  benchmark: "digits",
  fingerprint: "f",
  model,
  verdict: "rule",
  protocol: {},
});

const answer = (index: number, score: number | null, rest: object = {}) => ({
  problem: `p${index}`,
  index,
  sample: 0,
  kind: index < 2 ? "sum" : "largest",
  question: `question ${index}`,
  answers: ["15"],
  columns: {},
  completion: `says ${score}`,
  completionTokens: 3,
  stopReason: "stop",
  extracted: "13",
  score,
  reason: "not equal",
  ...rest,
});

function write(path: string, lines: readonly object[]): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}

const open = async (root: string, clock?: () => number, most?: number) =>
  new ResultSet(await Places.open([root], clock), most);

/** A run with answers, and a grid with a table and the answers of a cell. */
function results(): string {
  const root = temporaryDirectory();
  const own = [answer(0, 1), answer(1, 0), answer(2, null), answer(3, 0, { stopReason: "length" })];
  write(join(root, "run/evaluation/digits/answers.jsonl"), [head("one"), ...own]);
  const other = [answer(0, 0), answer(1, 1), answer(3, 0.5)];
  write(join(root, "grid/results/cell/measure/answers.jsonl"), [head("two"), ...other]);
  const interval = (estimate: number) => ({ estimate, low: estimate - 0.1, high: null });
  write(join(root, "grid/comparison.json"), [
    {
      version: 1,
      axes: ["credit"],
      columns: [{ name: "accuracy", unit: "share" }],
      baseline: "uniform",
      notes: ["brackets are 95 % intervals over 2 seeds"],
      rows: [
        { labels: {}, of: "start", seeds: [0], values: { accuracy: { mean: interval(0.25) } } },
        {
          labels: { credit: "dyco-rl" },
          of: "training",
          seeds: [0, 1],
          values: { accuracy: { mean: interval(0.5), difference: { estimate: 0.1, pAdjusted: 0.04 } } },
        },
      ],
      cells: [
        { labels: {}, isTrained: false, directory: null },
        { labels: { credit: "dyco-rl" }, isTrained: true, directory: "cells/a" },
        { labels: { credit: "dyco-rl" }, isTrained: true, directory: "cells/b" },
        { labels: { credit: "uniform" }, isTrained: true, directory: "cells/c" },
      ],
    },
  ]);
  write(join(root, "run/config.json"), [{}]);
  write(join(root, "run/checkpoints/000001/answers.jsonl"), [head("passed over")]);
  return root;
}

const RUN = "run/evaluation/digits";
const CELL = "grid/results/cell/measure";
const ALL = { outcome: "", kind: "" };

describe("files of answers", () => {
  test("are found below runs and grids, each with what it is of", async () => {
    const set = await open(results());
    const of = { benchmark: "digits", verdict: "rule", problem: null };
    expect(await set.answers()).toEqual({
      items: [
        { id: CELL, model: "two", ...of },
        { id: RUN, model: "one", ...of },
      ],
      older: 0,
    });
  });

  test("keep their ids when several requests look at once", async () => {
    let now = 0;
    const set = await open(results(), () => (now += 10_000));
    const looks = await Promise.all([set.answers(), set.grids(), set.answers()]);
    expect(looks[0].items.map(({ id }) => id)).toEqual([CELL, RUN]);
    expect(looks[2].items.map(({ id }) => id)).toEqual([CELL, RUN]);
    expect((await set.answers()).items.map(({ id }) => id)).toEqual([CELL, RUN]);
  });

  test("are listed by their age where there are many, and an older one is opened by its name", async () => {
    const root = temporaryDirectory();
    for (const [i, name] of ["a", "b", "c", "d"].entries()) {
      const files = [
        write(join(root, name, "answers.jsonl"), [head(name), answer(0, 1)]),
        write(join(root, name, "comparison.json"), [{ version: 2 }]),
      ];
      // a is the newest.
      for (const file of files) utimesSync(file, 2_000_000 - i, 2_000_000 - i);
    }
    const set = await open(root, () => 0, 2);
    const { items, older } = await set.answers();
    expect([items.map(({ id }) => id), older]).toEqual([["a", "b"], 2]);
    const named = await set.answers(["d"]);
    expect([named.items.map(({ id }) => id), named.older]).toEqual([["a", "b", "d"], 1]);
    expect((await (await set.answerFile("c")).page(ALL, 0)).total).toBe(1);
    const grids = await set.grids();
    expect([grids.items.map(({ id }) => id), grids.older]).toEqual([["a", "b"], 2]);
  });

  test("are filtered by verdict and by kind of problem", async () => {
    const file = await (await open(results())).answerFile(RUN);
    const page = await file.page(ALL, 0);
    expect(page.outcomes).toEqual({ all: 4, right: 1, wrong: 2, "not judged": 1, truncated: 1 });
    expect([page.kinds, page.total, page.next, page.score?.mean]).toEqual([
      ["largest", "sum"],
      4,
      null,
      1 / 3,
    ]);
    expect([page.score?.low, page.score?.high]).toEqual([expect.closeTo(0.061, 3), expect.closeTo(0.792, 3)]);
    const shown = async (outcome: string, kind = "") =>
      (await file.page({ outcome, kind }, 0)).answers.map(({ problem }) => problem);
    expect(await shown("wrong")).toEqual(["p1", "p3"]);
    expect(await shown("wrong", "sum")).toEqual(["p1"]);
    expect(await shown("not judged")).toEqual(["p2"]);
    expect(await shown("truncated")).toEqual(["p3"]);
  });

  test("of two models are side by side, problem by problem", async () => {
    const set = await open(results());
    const [file, other] = [await set.answerFile(RUN), await set.answerFile(CELL)];
    const page = await file.page(ALL, 0, other);
    expect(page.outcomes).toMatchObject({ gained: 1, lost: 1 });
    expect(page.paired).toMatchObject({ problems: 3, own: 1 / 3, other: 0.5 });
    expect(page.paired?.difference?.mean).toBeCloseTo(1 / 6, 12);
    const ofKind = await file.page({ outcome: "gained", kind: "largest" }, 0, other);
    expect(ofKind.paired).toMatchObject({ problems: 1, own: 0, other: 0.5 });
    expect((await file.page(ALL, 0)).paired).toBeNull();
    expect(page.answers.map(({ other: one }) => one?.score)).toEqual([0, 1, undefined, 0.5]);
    const gained = await file.page({ outcome: "gained", kind: "" }, 0, other);
    expect(gained.answers.map(({ problem }) => problem)).toEqual(["p1"]);
  });

  test("are read on while they grow, a line that is cut left out", async () => {
    const root = results();
    const file = await (await open(root)).answerFile(RUN);
    expect((await file.page(ALL, 0)).total).toBe(4);
    const line = JSON.stringify(answer(4, 1));
    appendFileSync(join(root, RUN, "answers.jsonl"), `${line}\n${line.slice(0, 20)}`);
    expect((await file.page(ALL, 0)).total).toBe(5);
  });

  test("beyond the most that are read are left out, and the page says so, until the file has fewer again", async () => {
    const root = results();
    const path = join(root, RUN, "answers.jsonl");
    const [all, two] = [new AnswerFile(path), new AnswerFile(path, 2)];
    expect(await all.page(ALL, 0)).toMatchObject({ total: 4, cutAfter: null });
    expect(await two.page(ALL, 0)).toMatchObject({ total: 2, cutAfter: 2 });
    const other = new AnswerFile(join(root, CELL, "answers.jsonl"));
    expect((await two.page(ALL, 0, other)).cutAfter).toBe(2);
    expect((await new AnswerFile(path, 4).page(ALL, 0)).cutAfter).toBeNull();
    write(path, [head("one"), answer(0, 1)]);
    expect(await two.page(ALL, 0)).toMatchObject({ total: 1, cutAfter: null });
  });

  test("that are planned and not there yet are counted", async () => {
    const path = join(temporaryDirectory(), "answers.jsonl");
    const planned = { ...head("one"), planned: 12, protocol: { samples: 2 } };
    write(path, [planned, answer(0, 1), answer(1, 0), { event: "skipped", index: 2, reason: "broken" }]);
    expect((await new AnswerFile(path).page(ALL, 0)).missing).toBe(8);
    write(path, [head("one"), answer(0, 1)]);
    expect((await new AnswerFile(path).page(ALL, 0)).missing).toBe(0);
  });

  test("that cannot be read are counted, of both files", async () => {
    const root = results();
    const set = await open(root);
    const [file, other] = [await set.answerFile(RUN), await set.answerFile(CELL)];
    expect((await file.page(ALL, 0, other)).unreadable).toBe(0);
    const long = JSON.stringify(answer(9, 1, { completion: "x".repeat(5 << 20) }));
    appendFileSync(join(root, RUN, "answers.jsonl"), `${long}\n{"problem": "p10", "com\n\n{}\n`);
    appendFileSync(join(root, CELL, "answers.jsonl"), "no JSON\n");
    expect(await file.page(ALL, 0)).toMatchObject({ total: 4, unreadable: 3, score: { mean: 1 / 3 } });
    expect((await file.page(ALL, 0, other)).unreadable).toBe(4);
    write(join(root, RUN, "answers.jsonl"), [head("one"), answer(0, 1)]);
    expect((await file.page(ALL, 0)).unreadable).toBe(0);
  });

  test("have the verdicts that came later, and rows without a problem are no unreadable lines", async () => {
    const path = join(results(), RUN, "answers.jsonl");
    const file = new AnswerFile(path);
    const pending = { extracted: null, reason: "not judged yet", isJudged: false };
    const skipped = { event: "skipped", index: 5, isBroken: true, message: "no such file" };
    const lines = [answer(4, null, pending), skipped];
    appendFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const before = await file.page(ALL, 0);
    expect(before.answers[4]).toMatchObject({ score: null, reason: "not judged yet" });
    expect(before).toMatchObject({ score: { mean: 1 / 3 }, unreadable: 0 });
    const verdict = { event: "verdict", index: 4, sample: 0, extracted: "15", score: 1, reason: "right" };
    appendFileSync(path, `${JSON.stringify(verdict)}\n`);
    const { answers, score } = await file.page(ALL, 0);
    expect(answers[4]).toMatchObject({ completion: "says null", extracted: "15", score: 1, reason: "right" });
    expect(score?.mean).toBe(1 / 2);
  });

  test("several to one problem are one problem of both, and a line that repeats an answer is that answer", async () => {
    const root = temporaryDirectory();
    const several = (scores: readonly number[]) =>
      scores.map((score, sample) => answer(0, score, { sample, completion: `${sample}` }));
    write(join(root, "a/answers.jsonl"), [head("one"), ...several([1, 0]), answer(0, 1, { sample: 1 })]);
    write(join(root, "b/answers.jsonl"), [head("two"), ...several([0, 0])]);
    const set = await open(root);
    const page = await (await set.answerFile("a")).page(ALL, 0, await set.answerFile("b"));
    expect(page).toMatchObject({ total: 2, score: { mean: 1 } });
    expect(page.answers[1]?.completion).toBe("says 1");
    expect(page.paired).toMatchObject({ problems: 1, own: 1, other: 0, difference: { mean: -1 } });
  });

  test("are searched by a text of the answer or its problem", async () => {
    const file = await (await open(results())).answerFile(RUN);
    const found = async (find: string) =>
      (await file.page({ ...ALL, find }, 0)).answers.map(({ index }) => index);
    expect(await found("Question 2")).toEqual([2]);
    expect(await found("SAYS null")).toEqual([2]);
    expect(await found("says 0")).toEqual([1, 3]);
    expect(await found("nowhere")).toEqual([]);
    expect(await file.page({ ...ALL, find: "p1" }, 0)).toMatchObject({
      outcomes: { all: 1 },
      score: { mean: 0 },
    });
  });

  test("whose verdict came later are searched by the answer that it extracted, as the page shows it", async () => {
    const path = join(temporaryDirectory(), "answers.jsonl");
    const pending = { extracted: "unread", answers: ["1"], isJudged: false };
    const verdict = { event: "verdict", sample: 0, score: 1, reason: "equal" };
    write(path, [
      head("one"),
      answer(0, null, pending),
      answer(1, null, pending),
      { ...verdict, index: 0, extracted: "Twelve" },
      { ...verdict, index: 1, extracted: null },
    ]);
    const file = new AnswerFile(path);
    const found = async (find: string) =>
      (await file.page({ ...ALL, find }, 0)).answers.map(({ index, extracted }) => [index, extracted]);
    expect(await found("twelve")).toEqual([[0, "Twelve"]]);
    expect(await found("unread")).toEqual([]);
    expect(await found("question 1")).toEqual([[1, null]]);
    expect(await found("equal")).toEqual([]);
  });

  test("are held of the files that were opened last; the answers of another file are read again", async () => {
    const root = temporaryDirectory();
    const names = ["a", "b", "c"];
    for (const name of names) write(join(root, name, "answers.jsonl"), [head(name), answer(0, 1)]);
    const held = new Recent<object, AnswerIndex>(2);
    const set = new ResultSet(await Places.open([root]), undefined, held);
    await set.answers();
    expect(held.entries()).toEqual([]);
    const files = await Promise.all(names.map((name) => set.answerFile(name)));
    for (const file of files) expect((await file.page(ALL, 0)).total).toBe(1);
    expect(held.entries().map(([file]) => file)).toEqual(files.slice(1));
    expect((await files[0]?.page(ALL, 0, files[2]))?.paired?.problems).toBe(1);
  });

  test("of another model at the same place have its head, and its answers alone", async () => {
    const root = results();
    const set = await open(root);
    const file = await set.answerFile(RUN);
    await Promise.all([file.head(), file.page(ALL, 0)]);
    write(join(root, RUN, "answers.jsonl"), [
      head("another model"),
      ...[0, 1, 2, 3, 4].map((i) => answer(i, 1)),
    ]);
    expect((await file.head()).model).toBe("another model");
    expect(await file.page(ALL, 0)).toMatchObject({ total: 5, score: { mean: 1 } });
  });

  test("come page by page", async () => {
    const root = temporaryDirectory();
    const lines = Array.from({ length: 100 }, (_, i) => answer(i, 1));
    write(join(root, "a/answers.jsonl"), [head("one"), ...lines]);
    const file = await (await open(root)).answerFile("a");
    const pages = [await file.page(ALL, 0), await file.page(ALL, 40), await file.page(ALL, 80)];
    expect(pages.map(({ answers, next }) => [answers.length, next])).toEqual([
      [40, 40],
      [40, 80],
      [20, null],
    ]);
  });

  test("that hold something else are named with what is wrong, and one that is not there is an error", async () => {
    const root = temporaryDirectory();
    write(join(root, "a/answers.jsonl"), [answer(0, 1)]);
    const set = await open(root);
    expect((await set.answers()).items[0]?.problem).toMatch(/expected a first line/);
    await expect(set.answerFile("../a")).rejects.toThrow('answers "../a": not found');
  });
});

describe("tables of grids", () => {
  test("give means, intervals and differences, and the runs of each row", async () => {
    const [grid] = (await (await open(results())).grids()).items;
    expect(grid).toMatchObject({ id: "grid", problem: null, axes: ["credit"], baseline: "uniform" });
    expect(grid?.rows).toEqual([
      {
        labels: {},
        of: "start",
        seeds: 1,
        runs: [],
        values: { accuracy: { mean: 0.25, low: 0.15, high: null, difference: null, pAdjusted: null } },
      },
      {
        labels: { credit: "dyco-rl" },
        of: "training",
        seeds: 2,
        runs: ["grid/cells/a", "grid/cells/b"],
        values: { accuracy: { mean: 0.5, low: 0.4, high: null, difference: 0.1, pAdjusted: 0.04 } },
      },
    ]);
  });

  test("of another version, or cut short, are named", async () => {
    const root = temporaryDirectory();
    write(join(root, "comparison.json"), [{ version: 2, rows: [] }]);
    const [grid] = (await (await open(root)).grids()).items;
    expect(grid?.problem).toMatch(/expected a table of version 1/);
  });
});
