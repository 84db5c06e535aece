import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { plainImage } from "../testing/data-files.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

const image = await plainImage(28, 0);

/** A file in a new folder. */
function written(name: string, content: string | Uint8Array): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, content);
  return path;
}

/** Rows as JSON lines, beside the image a.png. */
function rows(...list: readonly (object | string)[]): string {
  const lines = list.map((own) => (typeof own === "string" ? own : JSON.stringify(own)));
  const path = written("rows.jsonl", lines.join("\n"));
  writeFileSync(join(path, "..", "a.png"), image);
  return path;
}

const row = (over: object = {}) => ({ question: "How many?", answer: "7", image: "a.png", ...over });

/** A row whose image is a file with this content. */
function withImage(content: string): string {
  const path = rows(row({ image: "b.png" }));
  writeFileSync(join(path, "..", "b.png"), content);
  return path;
}

const set = (flags: readonly string[]) => flags.flatMap((flag) => ["--set", flag]);
const check = (path: string, ...flags: readonly string[]) => ["data", "check", path, ...set(flags)];
const train = (...flags: readonly string[]) => [
  ...["train", "--run-dir", join(temporaryDirectory(), "run")],
  ...set(flags),
];
const grid = (text: string) => [
  ...["compare", written("grid.yaml", text), "--out", join(temporaryDirectory(), "grid")],
];

/** A mistake, the command line that makes it, and what is said of it: what, expected, got and where. */
type Mistake = readonly [mistake: string, words: () => readonly string[], says: readonly string[]];

/** Runs a command line; a mistake is told with exit status 1 or 2 and without a stack trace. */
async function expectTold(words: readonly string[], says: readonly string[]): Promise<void> {
  const { context, stdout, stderr } = collectingContext();
  const status = await runCommandLine(words, context);
  const said = stdout() + stderr();
  expect([1, 2]).toContain(status);
  expect(said).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  for (const text of says) expect(said).toContain(text);
}

/** None takes longer to be told, but a download. */
const LONGEST_MS = 10_000;

describe("a mistake on the command line", () => {
  test.each<Mistake>([
    ["a misspelt command", () => ["tain"], ["unknown command 'tain'", "Did you mean train?"]],
    ["a misspelt flag", () => ["train", "--jsn"], ["unknown option '--jsn'", "Did you mean --json?"]],
    [
      "an argument too many",
      () => ["train", "a.yaml", "b.yaml"],
      ["too many arguments for 'train'", "Expected 1 argument but got 2"],
    ],
    [
      "a split that is none",
      () => ["eval", "--split", "tests"],
      ["--split", "'tests' is invalid", "train, validation, test"],
    ],
    [
      "a seed that is no number",
      () => ["train", "--seed", "x"],
      ["--seed", "argument 'x'", "expected a whole number from 0"],
    ],
    ["resume without a directory", () => ["train", "--resume"], ["--resume: expected --run-dir beside it"]],
    [
      "a preset that is none",
      () => ["train", "--preset", "digit"],
      ["--preset: expected one of digits", "got digit; did you mean digits?"],
    ],
    ["a port out of range", () => ["view", "--port", "80000"], ["--port", "'80000'", "from 0 to 65535"]],
    ["a command without its argument", () => ["verify"], ["missing required argument 'file'"]],
  ])("%s is told", (_, words, says) => expectTold(words(), says), LONGEST_MS);
});

describe("a mistake in the configuration", () => {
  test.each<Mistake>([
    [
      "a configuration file that is not there",
      () => ["train", "nowhere.yaml"],
      ["config file nowhere.yaml: cannot be read", "no such file"],
    ],
    [
      "a configuration of another format",
      () => ["train", written("run.toml", "a = 1")],
      ["run.toml: expected a name ending in .yaml, .yml or .json"],
    ],
    [
      "YAML that does not parse",
      () => ["train", written("run.yaml", "train: {groupSize: 4")],
      ["run.yaml: ", "at line 1, column 21"],
    ],
    [
      "a list for a configuration",
      () => ["train", written("run.yaml", "- 1\n- 2\n")],
      ["run.yaml: expected an object of settings"],
    ],
    [
      "a misspelt key",
      () => train("train.itertions=3"),
      ["unknown key train.itertions; did you mean train.iterations?"],
    ],
    [
      "a key at the wrong level",
      () => train("iterations=3"),
      ["unknown key iterations; did you mean train.iterations?"],
    ],
    [
      "a key of another kind",
      () => train("credit.weight=1"),
      ['credit.weight does not apply to credit.kind "uniform"; it belongs to "constant"'],
    ],
    [
      "a flag without a value",
      () => train("train.iterations"),
      ["--set: expected key=value such as train.iterations=3", 'got "train.iterations"'],
    ],
    [
      "a text for a number",
      () => train("train.learningRate=fast"),
      ['train.learningRate: expected number, got "fast"'],
    ],
    [
      "a fraction for a whole number",
      () => train("train.groupSize=2.5"),
      ["train.groupSize: expected int, got 2.5"],
    ],
    [
      "a group of one",
      () => train("train.groupSize=1"),
      ["train.groupSize: ", "expected number to be >=2, got 1"],
    ],
    [
      "more minibatches than prompts",
      () => train("train.minibatches=99"),
      ["train.minibatches: expected at most train.promptsPerIteration (48), got 99"],
    ],
    [
      "an algorithm that is none",
      () => train("algorithm.kind=gpro"),
      ["algorithm.kind: expected one of grpo", 'got "gpro"; did you mean "grpo"?'],
    ],
    [
      "a credit that is none",
      () => train("credit=dyco"),
      ["credit.kind: expected one of uniform", 'got "dyco"; did you mean "dyco-rl"?'],
    ],
    [
      "a reward that is none",
      () => train("reward=[acuracy]"),
      ["reward.0.kind: expected one of accuracy", 'got "acuracy"; did you mean "accuracy"?'],
    ],
    [
      "a verdict that is none",
      () => train("verdict.kind=exakt"),
      ["verdict.kind: expected one of answer", 'got "exakt"; did you mean "exact"?'],
    ],
    [
      "a key in the configuration",
      () => train("engine=tinker", "engine.url=http://a", "engine.apiKey=x"),
      ["unknown key engine.apiKey; did you mean engine.apiKeyVariable?"],
    ],
    [
      "an address without its protocol",
      () => train("engine=tinker", "engine.url=head-node"),
      ["engine.url: ", 'got "head-node"'],
    ],
    [
      "streamed weights in training",
      () => train("engine.stream=true", "model=/nowhere"),
      ["engine.stream: expected false for training, got true"],
    ],
  ])("%s is told", (_, words, says) => expectTold(words(), says), LONGEST_MS);
});

describe("a mistake in models, rewards and credit of one's own", () => {
  test.each<Mistake>([
    [
      "a model directory that is not there",
      () => train("model=/nowhere/qwen"),
      ["/nowhere/qwen: no such model directory"],
    ],
    [
      "a model directory without a model",
      () => train(`model=${temporaryDirectory()}`),
      ["config.json: cannot be read", "no such file"],
    ],
    [
      "an adapter for a model",
      () => train(`model=${join(written("adapter_config.json", "{}"), "..")}`),
      ["config.json: cannot be read", "no such file"],
    ],
    [
      "a module that is not there",
      () => train("credit.module=./none.ts"),
      ["credit.module: ", "none.ts: no such file"],
    ],
    [
      "a module that exports nothing of the kind",
      () => train(`credit.module=${written("credit.mjs", "export const a = 1;")}`),
      ["credit.mjs: expected an export with a create function, got none"],
    ],
    [
      "a module that does not parse",
      () => train(`reward=[{module: ${written("reward.mjs", "export const a = ;")}}]`),
      ["reward.mjs: cannot be loaded", "reward.mjs:1:17"],
    ],
    [
      "a reward command that is not there",
      () => train("reward=[{command: [no-such-program]}]"),
      [
        "reward.0.command: expected a program that can be started, got no-such-program: not in the folders of PATH",
      ],
    ],
  ])("%s is told", (_, words, says) => expectTold(words(), says), LONGEST_MS);
});

describe("a mistake in the format of data", () => {
  test.each<Mistake>([
    [
      "data that is not there",
      () => check("/nowhere/train.jsonl"),
      ["/nowhere/train.jsonl: no such file or directory, and no built-in task"],
    ],
    [
      "a folder without data",
      () => check(temporaryDirectory()),
      ["expected files that end in .jsonl, .json, .parquet, .tsv, .csv, got none"],
    ],
    [
      "an empty file",
      () => check(written("rows.jsonl", "")),
      ["rows.jsonl: expected at least one row, got none"],
    ],
    [
      "a format that is none",
      () => check(written("rows.xlsx", "x")),
      ["rows.xlsx: expected a name that ends in .jsonl", "data.format says what else it is"],
    ],
    [
      "JSON lines with a broken line",
      () => check(rows(row(), '{"question":')),
      ["rows.jsonl line 2: is no JSON"],
    ],
    [
      "JSON lines of lists",
      () => check(rows("[1, 2]")),
      ["rows.jsonl line 1: expected a JSON object, got a list"],
    ],
    [
      "a file in UTF-16",
      () => check(written("rows.jsonl", Buffer.from(JSON.stringify(row({ image: undefined })), "utf16le"))),
      ["rows.jsonl line 1: is no UTF-8 text, but looks like UTF-16: save the file again as UTF-8"],
    ],
    [
      "a file in Latin-1",
      () => check(written("rows.jsonl", Buffer.from('{"question": "Où?", "answer": "é"}', "latin1"))),
      ["rows.jsonl line 1: is no UTF-8 text, but in another encoding, such as Latin-1"],
    ],
    [
      "a table in Latin-1",
      () => check(written("rows.csv", Buffer.from("image,question,answer\na.png,Où?,é\n", "latin1"))),
      ["rows.csv", "is no UTF-8 text"],
    ],
    [
      "a Git LFS pointer",
      () =>
        check(
          written("rows.parquet", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"),
        ),
      ["rows.parquet: is a Git LFS pointer, not the file itself: run git lfs pull"],
    ],
    [
      "a parquet file that is cut off",
      () => check(written("rows.parquet", "PAR1abc")),
      ["rows.parquet: cannot be read as parquet: expected at least 8 bytes, got 7"],
    ],
    [
      "JSON lines named parquet",
      () => check(written("rows.parquet", JSON.stringify(row()))),
      [
        "rows.parquet: cannot be read as parquet: expected PAR1 at both ends",
        'got "{\\"qu"',
        "data.format names it",
      ],
    ],
    [
      "a table with a row of too few fields",
      () => check(written("rows.tsv", "index\timage\tquestion\tanswer\n1\tQ\t7\n")),
      ["rows.tsv line 2: ", "expected 4 fields, got 3"],
    ],
    [
      "a table without a header",
      () => check(written("rows.csv", "What is it?,7\nWhat else?,8\n")),
      [
        "rows.csv: has no column for the question: expected one of",
        "got What is it?, 7",
        "data.columns.question names another",
      ],
    ],
    [
      "semicolons in a CSV",
      () => check(written("rows.csv", "question;answer\nQ;7\n")),
      ["rows.csv: has no column for the question", "got question;answer"],
    ],
    [
      "one object for a list",
      () => check(written("rows.json", JSON.stringify({ a: 1 }))),
      ["rows.json line 1: question: is missing; the row has a"],
    ],
  ])("%s is told", (_, words, says) => expectTold(words(), says), LONGEST_MS);
});

describe("a mistake in columns", () => {
  test.each<Mistake>([
    [
      "a column that is not there",
      () => check(rows({ prompt_text: "Q", answer: "7" })),
      [
        "rows.jsonl line 1: question: is missing; the row has prompt_text, answer (data.columns.question names its column)",
      ],
    ],
    [
      "no answer",
      () => check(rows({ question: "Q" })),
      ["rows.jsonl line 1: answer: is missing; the row has question (data.columns.answer names its column)"],
    ],
    ["an empty answer", () => check(rows(row({ answer: "" }))), ["rows.jsonl line 1: answer: is missing"]],
    [
      "an answer that is NaN",
      () => check(rows('{"question": "Q", "answer": NaN}')),
      ["rows.jsonl line 1: answer: is missing"],
    ],
    [
      "a setting that names no column",
      () => check(rows(row()), "data.columns.answer=solution"),
      ["rows.jsonl line 1: answer: ", "solution"],
    ],
    [
      "a setting into a field that is not there",
      () =>
        check(
          rows(row({ reward_model: { style: "rule" } })),
          "data.columns.answer=reward_model.ground_truth",
        ),
      [
        "rows.jsonl line 1: answer: is missing; the row has question, answer",
        "(data.columns.answer names its column)",
      ],
    ],
    [
      "a setting for columns that is none",
      () => check(rows(row()), "data.columns.anwser=answer"),
      ["unknown key data.columns.anwser; did you mean data.columns.answer?"],
    ],
    [
      "a question that is a list",
      () => check(rows(row({ question: ["a", "b"] }))),
      ["rows.jsonl line 1: question: expected a text, got a list"],
    ],
  ])("%s is told", (_, words, says) => expectTold(words(), says), LONGEST_MS);
});

describe("a mistake in images", () => {
  test.each<Mistake>([
    [
      "an image that is not there",
      () => check(rows(row({ image: "b.png" }))),
      [
        'rows.jsonl line 1: image "b.png": no such file in the image directory',
        "(data.images names another)",
      ],
    ],
    [
      "an image outside of the folder",
      () => check(rows(row({ image: "../../etc/passwd" }))),
      ['rows.jsonl line 1: image "../../etc/passwd": leads out of the image directory'],
    ],
    [
      "an absolute path of an image",
      () => check(rows(row({ image: "/data/a.png" }))),
      [
        'rows.jsonl line 1: image "/data/a.png": leads out of the image directory',
        "(data.images names another)",
      ],
    ],
    [
      "an image by its address",
      () => check(rows(row({ image: "https://example.com/a.png" }))),
      ['rows.jsonl line 1: image "https://example.com/a.png": is a URL: data.fetchImages: true downloads it'],
    ],
    [
      "an image that is text",
      () => check(withImage("not an image")),
      [
        'rows.jsonl line 1: image "b.png": cannot be read as an image: expected PNG, JPEG',
        "got another format",
      ],
    ],
    ["an image that is empty", () => check(withImage("")), ['rows.jsonl line 1: image "b.png": is empty']],
    [
      "an image of a number",
      () => check(rows(row({ image: 7 }))),
      ["rows.jsonl line 1: image: expected bytes, text or a list, got a number"],
    ],
    [
      "a place without its image",
      () => check(rows({ question: "<image> and <image>?", answer: "7", image: "a.png" })),
      ["rows.jsonl line 1: question: expected an image for each of 2 places <image>, got 1"],
    ],
    [
      "a folder of images that is not there",
      () => check(rows(row()), "data.images=/nowhere/images"),
      ["/nowhere/images"],
    ],
  ])("%s is told", (_, words, says) => expectTold(words(), says), LONGEST_MS);
});

describe("a mistake in runs, grids and answers", () => {
  test.each<Mistake>([
    [
      "a run directory that is none",
      () => ["eval", "--run-dir", temporaryDirectory()],
      ["no readable config.json"],
    ],
    ["a run directory that is not there", () => ["report", "/nowhere/run"], ["/nowhere/run"]],
    [
      "a run to resume that is not there",
      () => ["train", "--resume", "--run-dir", join(temporaryDirectory(), "none")],
      ["none"],
    ],
    ["a benchmark that is none", () => train("evaluation.benchmarks=[mathvist]"), ["mathvist", "mathvista"]],
    [
      "a table that is none",
      () => ["reproduce", "vicra/table-99"],
      [
        "recipe: expected one of those that fovea reproduce --list names",
        'got "vicra/table-99"; did you mean vicra/table-9?',
      ],
    ],
    [
      "a grid over a key that is none",
      () => grid("axes: { train.itertions: [1, 2] }\n"),
      ["grid:", "1: unknown key train.itertions; did you mean train.iterations?"],
    ],
    [
      "a key that a grid has not",
      () => grid("base: {}\n"),
      ['grid: unknown key "base"; did you mean "baseline"?'],
    ],
    ["answers that are not there", () => ["verify", "/nowhere/answers.jsonl"], ["/nowhere/answers.jsonl"]],
    [
      "a verdict that is none for answers",
      () => ["verify", rows({ given: "1", gold: "1" }), "--verdict", "exakt"],
      ["exakt", "exact"],
    ],
    [
      "an option that the verdict has not",
      () => ["verify", rows({ given: "1", gold: "1" }), "--set", "tolerance=0.1"],
      ["tolerance"],
    ],
    [
      "answers without a reference",
      () => ["verify", rows({ given: "1" })],
      ["rows.jsonl:1: expected answers, answer, reference or gold, got given"],
    ],
    [
      "a directory to begin with that is in use",
      () => ["init", join(written("run.yaml", ""), "..")],
      ["run.yaml is there already; choose another directory"],
    ],
    [
      "a model to inspect that is none",
      () => ["inspect", "small", "--image", "/nowhere/i.png", "--question", "?"],
      ['inspect: expected a run directory, a model directory or org/name, got "small"'],
    ],
    [
      "an export without a target",
      () => ["export", "--onnx", "/nowhere/model"],
      ["fovea export: expected the directory to write after the source"],
    ],
    [
      "an export of nothing",
      () => ["export", "--onnx", "/nowhere/model", join(temporaryDirectory(), "out")],
      ["/nowhere/model: no such model directory"],
    ],
  ])("%s is told", (_, words, says) => expectTold(words(), says), LONGEST_MS);
});
