import { join } from "node:path";
import { describe, test } from "vitest";
import { expectReported, LONGEST_MS, type Mistake, set, written } from "../testing/mistakes.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";

const train = (...flags: readonly string[]) => [
  ...["train", "--run-dir", join(temporaryDirectory(), "run")],
  ...set(flags),
];
const grid = (text: string) => [
  ...["compare", written("grid.yaml", text), "--out", join(temporaryDirectory(), "grid")],
];
const answers = (row: object) => written("rows.jsonl", JSON.stringify(row));

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
      "an unknown split",
      () => ["eval", "--split", "tests"],
      ["--split", "'tests' is invalid", "train, validation, test"],
    ],
    [
      "a seed that is not a number",
      () => ["train", "--seed", "x"],
      ["--seed", "argument 'x'", "expected a whole number from 0"],
    ],
    ["resume without a directory", () => ["train", "--resume"], ["--resume: expected --run-dir too"]],
    [
      "an unknown preset",
      () => ["train", "--preset", "digit"],
      ["--preset: expected one of digits", "got digit; did you mean digits?"],
    ],
    ["a port out of range", () => ["view", "--port", "80000"], ["--port", "'80000'", "from 0 to 65535"]],
    ["a command without its argument", () => ["verify"], ["missing required argument 'file'"]],
  ])("%s is reported", (_, words, says) => expectReported(words(), says), LONGEST_MS);
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
      "an unknown algorithm",
      () => train("algorithm.kind=gpro"),
      ["algorithm.kind: expected one of grpo", 'got "gpro"; did you mean "grpo"?'],
    ],
    [
      "an unknown credit method",
      () => train("credit=dyco"),
      ["credit.kind: expected one of uniform", 'got "dyco"; did you mean "dyco-rl"?'],
    ],
    [
      "an unknown reward",
      () => train("reward=[acuracy]"),
      ["reward.0.kind: expected one of accuracy", 'got "acuracy"; did you mean "accuracy"?'],
    ],
    [
      "an unknown verdict",
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
  ])("%s is reported", (_, words, says) => expectReported(words(), says), LONGEST_MS);
});

describe("a mistake in user models, rewards and credit", () => {
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
  ])("%s is reported", (_, words, says) => expectReported(words(), says), LONGEST_MS);
});

describe("a mistake in runs, grids and answers", () => {
  test.each<Mistake>([
    [
      "a directory without a run",
      () => ["eval", "--run-dir", temporaryDirectory()],
      ["no readable config.json"],
    ],
    ["a run directory that is not there", () => ["report", "/nowhere/run"], ["/nowhere/run"]],
    [
      "a run to resume that is not there",
      () => ["train", "--resume", "--run-dir", join(temporaryDirectory(), "none")],
      ["none"],
    ],
    ["an unknown benchmark", () => train("evaluation.benchmarks=[mathvist]"), ["mathvist", "mathvista"]],
    [
      "an unknown table",
      () => ["reproduce", "vicra/table-99"],
      [
        "recipe: expected a name that fovea reproduce --list shows",
        'got "vicra/table-99"; did you mean vicra/table-9?',
      ],
    ],
    [
      "a table without its number",
      () => ["reproduce", "dyco/table"],
      ['got "dyco/table"; did you mean dyco-rl/table-1?'],
    ],
    [
      "a model to inspect that is not there",
      () => ["inspect", "nope"],
      ['inspect: expected a run directory, a model directory or org/name, got "nope", which is not there'],
    ],
    [
      "a grid over an unknown key",
      () => grid("axes: { train.itertions: [1, 2] }\n"),
      ["grid:", "1: unknown key train.itertions; did you mean train.iterations?"],
    ],
    [
      "an unknown key of a grid",
      () => grid("base: {}\n"),
      ['grid: unknown key "base"; did you mean "baseline"?'],
    ],
    ["answers that are not there", () => ["verify", "/nowhere/answers.jsonl"], ["/nowhere/answers.jsonl"]],
    [
      "an unknown verdict for answers",
      () => ["verify", answers({ given: "1", gold: "1" }), "--verdict", "exakt"],
      ["exakt", "exact"],
    ],
    [
      "an unknown option of a verdict",
      () => ["verify", answers({ given: "1", gold: "1" }), "--set", "tolerance=0.1"],
      ["tolerance"],
    ],
    [
      "answers without a reference",
      () => ["verify", answers({ given: "1" })],
      ["rows.jsonl:1: expected answers, answer, reference or gold, got given"],
    ],
    [
      "a starter directory that already exists",
      () => ["init", join(written("run.yaml", ""), "..")],
      ["run.yaml already exists; choose another directory"],
    ],
    [
      "an unknown model to inspect",
      () => ["inspect", "small", "--image", "/nowhere/i.png", "--question", "?"],
      ['inspect: expected a run directory, a model directory or org/name, got "small"'],
    ],
    [
      "an export without a target",
      () => ["export", "--onnx", "/nowhere/model"],
      ["fovea export: expected the directory to write after the source"],
    ],
    [
      "an export of a missing model",
      () => ["export", "--onnx", "/nowhere/model", join(temporaryDirectory(), "out")],
      ["/nowhere/model: no such model directory"],
    ],
  ])("%s is reported", (_, words, says) => expectReported(words(), says), LONGEST_MS);
});
