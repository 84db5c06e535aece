import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

const TARGET = join(temporaryDirectory(), "target");
const EXPORT = ["export", "source", TARGET];
const SPANS = ["diagnose", "model", "export-spans", "--completions", "none.jsonl"];

test.each([
  [[...SPANS, "--json"], "--json: needs a diagnosis"],
  [[...SPANS, "--labels", "labels.jsonl"], "--labels: needs a diagnosis"],
  [[...SPANS, "--set", "sampling.temperature=0"], "--set: needs a diagnosis"],
  [[...SPANS, "--against", "other"], "--against: needs a diagnosis"],
  [[...SPANS, "--resamples", "10"], "--resamples: needs a diagnosis"],
  [[...EXPORT, "--vlmevalkit", "--adapter", "a"], "--adapter: needs the export of a model, got --vlmevalkit"],
  [[...EXPORT, "--lmms-eval", "--dtype", "f32"], "--dtype: needs the export of a model, got --lmms-eval"],
  [
    [...EXPORT, "--tensorboard", "--max-shard-size", "1GB"],
    "--max-shard-size: needs the export of a model, got --tensorboard",
  ],
  [
    [...EXPORT, "--tensorboard", "--attention-layers", "1"],
    "--attention-layers: needs the export of a model, got --tensorboard",
  ],
  [[...EXPORT, "--tensorboard", "--dataset", "d"], "--dataset: needs --vlmevalkit or --lmms-eval"],
  [[...EXPORT, "--model-name", "m"], "--model-name: needs --vlmevalkit or --lmms-eval"],
  [[...EXPORT, "--attention-layers", "1"], "--attention-layers: needs --onnx"],
  [["credit", "--signals", "s.json", "--split", "test"], "--split: needs a model in place of --signals"],
  [["credit", "--signals", "s.json", "--problems", "2"], "--problems: needs a model in place of --signals"],
  [["credit", "--signals", "s.json", "--completion", "7"], "--completion: needs a model"],
  [["inspect", "m", "--question", "q", "--split", "test"], "--split: needs a problem of a run"],
  [["inspect", "m", "--question", "q", "--problem", "1"], "--problem: needs a problem of a run"],
  [["inspect", "m", "--question", "q", "--completion", "c", "--sample"], "--sample: needs the model's own"],
  [["inspect", "m", "--question", "q", "--fps", "2"], "--fps: needs --video"],
  [
    ["reproduce", "vicra/table-1", "--scale", "digits", "--plan", "--data", "X=Y"],
    "--data: needs --scale paper",
  ],
  [
    ["reproduce", "vicra/table-1", "--scale", "digits", "--price", "1", "--out", TARGET],
    "--price: needs --plan",
  ],
])("%j is refused, for the option does nothing there", async (words, message) => {
  const { context, stderr } = collectingContext();
  expect(await runCommandLine(words, context)).toBe(2);
  expect(stderr()).toContain(`error: ${message}`);
  expect(existsSync(TARGET)).toBe(false);
});

test("defaults are not refused", async () => {
  const path = join(temporaryDirectory(), "completions.jsonl");
  const line = { problem: "p", index: 0, question: "q", answers: ["7"], completion: "It is 7." };
  writeFileSync(path, `${JSON.stringify(line)}\n`);
  const { context, stdout } = collectingContext();
  expect(await runCommandLine([...SPANS.slice(0, -1), path], context)).toBe(0);
  expect(JSON.parse(stdout())).toMatchObject({ problem: "p", spans: null });
});
