import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import {
  collectingContext,
  digitsFakeEngine,
  freshPath,
  openFakeEngine,
  stoppingAfter,
  TINY_FLAGS,
} from "../testing/tiny-run.ts";
import type { CliContext } from "./context.ts";
import { runCommandLine } from "./program.ts";

const TINY = TINY_FLAGS.flatMap((flag) => ["--set", flag]);

/** Runs a command line in this process. */
async function fovea(words: readonly string[], overrides: Partial<CliContext> = {}) {
  const { context, stdout, stderr } = collectingContext(overrides);
  const status = await runCommandLine(words, context);
  const records = () =>
    stdout()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { status, stdout: stdout(), stderr: stderr(), records };
}

describe("fovea train", () => {
  test("prints one JSON object a line, the last of them finished", async () => {
    const path = freshPath();
    const file = join(temporaryDirectory(), "run.yaml");
    writeFileSync(file, "train: { groupSize: 4 }\ncredit: uniform\n");
    const flags = [
      ...TINY,
      "--set",
      "train.groupSize=4",
      "--set",
      "train.iterations=3",
      "--set",
      "credit=uniform",
    ];
    const { status, records } = await fovea(["train", file, ...flags, "--run-dir", path, "--json"]);
    expect(status).toBe(0);
    const events = records().map(({ event }) => event);
    expect(events).toEqual([
      "started",
      "iteration",
      "iteration",
      "checkpoint",
      "iteration",
      "checkpoint",
      "finished",
    ]);
    expect(records().at(-1)).toEqual({
      event: "finished",
      completed: 3,
      runDirectory: path,
      model: join(path, "model"),
    });
    expect(JSON.parse(readFileSync(join(path, "config.json"), "utf8"))).toMatchObject({
      config: { credit: { kind: "uniform" }, train: { groupSize: 4 } },
    });
  });

  test("without --json puts progress on stderr and the result on stdout, without colours", async () => {
    const path = freshPath();
    const { status, stdout, stderr } = await fovea(["train", ...TINY, "--run-dir", path]);
    expect(status).toBe(0);
    expect(stdout).toBe(`run directory  ${path}\nmodel          ${join(path, "model")}\n`);
    expect(stderr).toMatch(
      /learning █+ 4\/4 {2}reward [\d.]+ {2}accuracy [\d.]+ {2}KL [\d.e-]+ {2}\d+ tokens\/s/,
    );
    expect(stderr).not.toContain("\u001b");
  });

  test("prints the resolved configuration with --dry-run, and makes nothing", async () => {
    const path = freshPath();
    const words = [
      "train",
      "--preset",
      "digits",
      "--set",
      "train.iterations=5",
      "--seed",
      "7",
      "--run-dir",
      path,
    ];
    const { status, stdout } = await fovea([...words, "--dry-run"]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      train: { iterations: 5, seed: 7, schedule: "linear" },
      credit: { kind: "dyco-rl" },
    });
    expect(existsSync(path)).toBe(false);
  });

  test("a dry run loads modules and checks their options, and makes no part", async () => {
    const credit = fileURLToPath(new URL("../../examples/extending/credit.ts", import.meta.url));
    const words = ["train", "--dry-run", "--set", `credit.module=${credit}`, "--set"];
    expect((await fovea([...words, "credit.options={scale: 2}"])).status).toBe(0);
    const { status, stderr } = await fovea([...words, "credit.options={scael: 2}"]);
    expect(status).toBe(2);
    expect(stderr).toContain("options: unknown option scael; it has scale");
  });

  test.each(["train", "sft"])(
    "%s refuses streamed weights by the key, before anything is opened",
    async (command) => {
      const path = freshPath();
      let opened = 0;
      const openEngine = async () => {
        opened += 1;
        return digitsFakeEngine();
      };
      const words = [command, "--set", "engine.stream=true", "--set", "model=/nowhere", "--run-dir", path];
      for (const more of [[], ["--dry-run"], ["--json"]]) {
        const { status, stderr } = await fovea([...words, ...more], { openEngine });
        expect(status).toBe(2);
        expect(stderr).toContain("engine.stream: expected false for training, got true");
      }
      expect([opened, existsSync(path)]).toEqual([0, false]);
    },
  );

  test("interrupted exits with 130, and --resume takes the rest of the configuration from the directory", async () => {
    const path = `${freshPath()} of mine`;
    const words = ["train", ...TINY, "--run-dir", path, "--json"];
    const first = await fovea(words, stoppingAfter(2));
    expect(first.status).toBe(130);
    expect(first.records().at(-1)).toEqual({ event: "interrupted", completed: 2, runDirectory: path });
    expect(first.stderr).toContain(`fovea train --resume --run-dir '${path}'`);
    const second = await fovea(["train", "--resume", "--run-dir", path, "--json"]);
    expect(second.status).toBe(0);
    expect(second.records().filter(({ event }) => event === "iteration")).toHaveLength(2);
    expect(second.records().at(-1)).toMatchObject({ event: "finished", completed: 4 });
  });

  test("says with --json what failed, and exits with 1", async () => {
    const openEngine = () => Promise.reject(new Error("out of memory"));
    const { status, records, stderr } = await fovea(["train", ...TINY, "--run-dir", freshPath(), "--json"], {
      openEngine,
    });
    expect(status).toBe(1);
    expect(records()).toEqual([{ event: "failed", code: "unexpected", message: "out of memory" }]);
    expect(stderr).toContain("error: Error: out of memory");
  });
});

describe("wrong usage", () => {
  test.each([
    [["train", "--jsn"], "error: unknown option '--jsn' (Did you mean --json?) (see --help)\n"],
    [["train", "--set", "train.itertions=3"], "unknown key train.itertions; did you mean train.iterations?"],
    [["train", "--preset", "digit"], "did you mean digits?"],
    [["train", "--seed", "x"], "expected a whole number from 0"],
    [["train", "--resume"], "--resume: expected --run-dir too"],
    [["train", "nowhere.yaml"], "nowhere.yaml: cannot be read"],
    [["train", "a.yaml", "b.yaml"], "too many arguments"],
    [["eval", "--split", "tests"], "Allowed choices are train, validation, test"],
    [["demo", "--credit", "magic"], "Allowed choices are dyco-rl, uniform, constant"],
    [["tain"], "unknown command 'tain' (Did you mean train?)"],
  ])("%j exits with 2 and says why", async (words, message) => {
    const { status, stdout, stderr } = await fovea(words);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
  });

  test("with --json the last line on stdout says so too, wherever the mistake was found", async () => {
    for (const [words, code, message] of [
      [["train", "--jsn", "--json"], "usage", "unknown option '--jsn' (Did you mean --json?)"],
      [["tain", "--json"], "usage", "unknown command 'tain' (Did you mean train?)"],
      [["train", "--set", "x=1", "--json"], "config", "unknown key x"],
    ] as const) {
      const { status, records } = await fovea(words);
      expect(status).toBe(2);
      expect(records()).toEqual([{ event: "failed", code, message: expect.stringContaining(message) }]);
    }
  });

  test("--version prints the package's version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await fovea(["--version"])).toMatchObject({ status: 0, stdout: `${version}\n` });
  });

  test("help lists the commands and a command's flags, and exits with 0", async () => {
    const all = await fovea(["--help"]);
    expect(all.status).toBe(0);
    for (const name of ["demo", "train", "sft", "eval", "sample"])
      expect(all.stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
    for (const words of [
      ["train", "--help"],
      ["help", "train"],
    ]) {
      const { status, stdout } = await fovea(words);
      expect(status).toBe(0);
      for (const flag of ["--preset", "--set", "--run-dir", "--resume", "--dry-run", "--json", "--seed"]) {
        expect(stdout).toContain(flag);
      }
    }
  });
});

describe("looking at a model", () => {
  test("fovea sft writes a run whose model fovea eval measures and fovea sample shows", async () => {
    const openEngine = async () => openFakeEngine();
    const path = freshPath();
    const sft = ["--set", "sft.steps=3", "--set", "sft.batchSize=4"];
    expect((await fovea(["sft", ...TINY, ...sft, "--run-dir", path, "--json"], { openEngine })).status).toBe(
      0,
    );

    const evaluated = await fovea(
      ["eval", "--run-dir", path, "--split", "test", "--problems", "6", "--json"],
      {
        openEngine,
      },
    );
    expect(evaluated.status).toBe(0);
    expect(evaluated.records().at(-1)).toMatchObject({
      event: "finished",
      benchmark: "digits-test",
      problems: 6,
      samples: 1,
      accuracy: expect.any(Number),
    });
    const shown = await fovea(["eval", "--run-dir", path], { openEngine });
    expect(shown.stdout).toMatch(/accuracy +[\d.]+ % \[[\d.]+ %, [\d.]+ %\] {2}of 8/);
    expect(shown.stdout).toContain("reading per digit");

    const sampled = await fovea(["sample", "--run-dir", path, "--problems", "2", "--greedy", "--json"], {
      openEngine,
    });
    const records = sampled.records();
    expect(records.map(({ event }) => event)).toEqual(["sample", "sample", "finished"]);
    const [{ tokens, completion } = {}] = records;
    expect((tokens as { text: string }[]).map(({ text }) => text).join("")).toBe(completion);
    for (const token of tokens as object[]) {
      expect(token).toMatchObject({ role: expect.any(String), truth: { role: expect.any(String) } });
    }
    expect((await fovea(["sample", "--run-dir", path], { openEngine })).stdout).toContain("the answer is");
  });

  test("of a directory without a run is refused", async () => {
    const { status, stderr } = await fovea(["eval", "--run-dir", temporaryDirectory()]);
    expect(status).toBe(1);
    expect(stderr).toContain("no readable config.json");
  });
});

describe("fovea demo", () => {
  const words = (path: string) => [
    ...["demo", "--quick", ...TINY, "--set", "sft.steps=2", "--set", "sft.batchSize=2"],
    ...["--run-dir", path, "--seed", "3"],
  ];
  const openEngine = async () => openFakeEngine();

  test("ends with the accuracies before and after", async () => {
    const path = freshPath();
    const { status, records } = await fovea([...words(path), "--json", "--credit", "uniform"], {
      openEngine,
    });
    expect(status).toBe(0);
    expect(records().at(-1)).toEqual({
      event: "finished",
      accuracyBefore: expect.any(Number),
      accuracyAfter: expect.any(Number),
      problems: 8,
      runDirectory: path,
    });
    const started = records().filter(({ event }) => event === "started");
    expect(started.map(({ kind }) => kind)).toEqual(["sft", "train"]);
    const evaluations = records().filter(({ event }) => event === "evaluation");
    expect(evaluations.map(({ split, iteration }) => [split, iteration])).toEqual([
      ["test", 0],
      ["test", 4],
    ]);
    expect(JSON.parse(readFileSync(join(path, "config.json"), "utf8"))).toMatchObject({
      config: { credit: { kind: "uniform" }, train: { seed: 3 } },
    });
  });

  test("shows completions before and after with each token's roles, in colour where that is wanted", async () => {
    const plain = await fovea(words(freshPath()), { openEngine });
    expect(plain.stdout).toMatch(/^before\ntruth {3}/m);
    expect(plain.stdout).toMatch(/^credit {2}/m);
    expect(plain.stdout).toMatch(/accuracy on 8 held-out problems, Wilson 95 %/);
    expect(plain.stdout).not.toContain("\u001b");
    const coloured = await fovea(words(freshPath()), { openEngine, hasColour: true });
    expect(coloured.stdout).toContain("\u001b[38;5;39mimage");
  });
});
