import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { type Found, Places } from "./places.ts";

function make(root: string, ...files: readonly string[]): string {
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), "{}");
  }
  return root;
}

const look = async (...roots: readonly string[]) => (await Places.open(roots)).look();
const idsOf = (found: Found) =>
  Object.fromEntries(Object.entries(found).map(([kind, places]) => [kind, [...places.keys()]]));

test("one walk finds runs, exports, answers and tables, in runs and beside them", async () => {
  const root = make(
    temporaryDirectory(),
    "a/config.json",
    "a/warm-start/config.json",
    "a/warm-start/model/config.json",
    "a/checkpoints/000001/answers.jsonl",
    "a/evaluation/digits/answers.jsonl",
    "a/onnx/onnx.json",
    "a/onnx/config.json",
    "apart/onnx.json",
    "grids/one/comparison.json",
    "grids/one/cells/c/config.json",
    "grids/one/results/cell/measure/answers.jsonl",
    ".git/config.json",
    "node_modules/x/config.json",
  );
  const found = await look(root);
  expect(idsOf(found)).toEqual({
    runs: ["a", "a/warm-start", "grids/one/cells/c"],
    exports: ["a/onnx", "apart"],
    answers: ["a/evaluation/digits", "grids/one/results/cell/measure"],
    tables: ["grids/one"],
  });
  expect([...found.exports.values()].map(({ run }) => run)).toEqual(["a", undefined]);
});

test("runs and results are found equally deep, and what lies in a run as deep below it", async () => {
  const root = make(
    temporaryDirectory(),
    "1/2/3/4/5/config.json",
    "1/2/3/4/5/evaluation/digits/answers.jsonl",
    "1/2/3/4/b/answers.jsonl",
    "1/2/3/4/c/6/config.json",
  );
  expect(idsOf(await look(root))).toMatchObject({
    runs: ["1/2/3/4/5"],
    answers: ["1/2/3/4/5/evaluation/digits", "1/2/3/4/b"],
  });
});

test("what lies in a run that was given has its name", async () => {
  const root = make(join(temporaryDirectory(), "seed-0"), "config.json", "warm-start/config.json");
  make(root, "onnx/onnx.json", "evaluation/digits/answers.jsonl");
  expect(idsOf(await look(root))).toEqual({
    runs: ["seed-0", "seed-0/warm-start"],
    exports: ["seed-0/onnx"],
    answers: ["seed-0/evaluation/digits"],
    tables: [],
  });
});

test("a directory that is given twice, or inside another, counts once", async () => {
  const root = make(temporaryDirectory(), "a/config.json", "a/e/answers.jsonl", "b/config.json");
  expect(idsOf(await look(root, join(root, "a"), root))).toMatchObject({
    runs: ["a", "b"],
    answers: ["a/e"],
  });
  expect(idsOf(await look(join(root, "a"), `${root}/`))).toMatchObject({
    runs: ["a", "b"],
    answers: ["a/e"],
  });
});

test("links directly inside a directory that was given are followed, each target once, and no circle", async () => {
  const apart = make(temporaryDirectory(), "big/config.json", "big/e/answers.jsonl", "deep/config.json");
  const root = make(temporaryDirectory(), "own/config.json");
  symlinkSync(join(apart, "big"), join(root, "a-link"));
  symlinkSync(join(root, "own"), join(root, "b-link"));
  symlinkSync(root, join(root, "circle"));
  symlinkSync(join(apart, "nothing"), join(root, "broken"));
  mkdirSync(join(root, "further"));
  symlinkSync(join(apart, "deep"), join(root, "further", "link"));
  const found = await look(root);
  expect(idsOf(found)).toMatchObject({ runs: ["own", "a-link"], answers: ["a-link/e"] });
  expect(found.answers.get("a-link/e")).toMatchObject({ base: join(root, "a-link"), inside: ["e"] });
});

test("a record behind a link that leads out is no run's", async () => {
  const apart = make(temporaryDirectory(), "config.json");
  const root = make(temporaryDirectory(), "a/metrics.jsonl");
  symlinkSync(join(apart, "config.json"), join(root, "a", "config.json"));
  expect([...(await look(root)).runs.values()].map(({ isRun }) => isRun)).toEqual([false]);
});

test("what is no directory is refused", async () => {
  await expect(Places.open([join(temporaryDirectory(), "none")])).rejects.toThrow(
    /none: expected a run directory, or a directory of runs/,
  );
});
