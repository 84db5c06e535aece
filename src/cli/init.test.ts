import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openEngine } from "../config/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

async function fovea(...words: string[]) {
  const { context, stdout, stderr } = collectingContext({ openEngine });
  const status = await runCommandLine(words, context);
  return { status, stdout: stdout(), stderr: stderr() };
}

test("a directory of fovea init trains, evaluates and can be inspected without changes", async () => {
  const own = join(temporaryDirectory(), "own");
  const { stdout, status } = await fovea("init", own, "--json");
  expect(status).toBe(0);
  const { files, next } = JSON.parse(stdout) as { files: string[]; next: string[] };
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  const commands = next.filter((command) => /^fovea (data|train|eval|inspect)/.test(command));
  expect(commands).toHaveLength(6);
  for (const command of commands) {
    const words = command.replace("answer.html", join(own, "answer.html")).split(" ").slice(1);
    const done = await fovea(...words);
    expect(done.stderr).not.toMatch(/error|warning/);
    expect(done.status, command).toBe(0);
  }
  const lines = readFileSync(join(own, "run", "metrics.jsonl"), "utf8")
    .trim()
    .split("\n");
  const iterations = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "iteration");
  expect(iterations).toHaveLength(2);
  expect(Object.keys(iterations[0].rewardParts)).toEqual(["accuracy", "brevity"]);
  expect(JSON.parse(readFileSync(join(own, "run", "end.json"), "utf8"))).toEqual({
    status: "finished",
    completed: 2,
  });
  const [evaluated = ""] = readdirSync(join(own, "run", "evaluation"));
  const answers = readFileSync(join(own, "run", "evaluation", evaluated, "answers.jsonl"), "utf8")
    .trim()
    .split("\n")
    .slice(1);
  expect(answers.map((line) => JSON.parse(line).answers)).toEqual([["1"], ["2"], ["3"]]);
  expect(readFileSync(join(own, "answer.html"), "utf8")).toContain("attention on the image");
}, 120_000);

test("one group is shown before a run, and nothing is written", async () => {
  const own = join(temporaryDirectory(), "own");
  await fovea("init", own);
  const { stdout, status, stderr } = await fovea(
    "train",
    join(own, "run.yaml"),
    "--try",
    "--run-dir",
    join(own, "run"),
  );
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/^problem .*rows\.jsonl line \d\n {2}\| .*How many squares/s);
  expect(stdout).toMatch(/reference {2}"\d"/);
  expect(stdout.match(/^completion \d/gm)).toHaveLength(4);
  expect(stdout).toMatch(
    /extracted {2}.*\n {2}reward {5}[\d.e-]+: accuracy \d.*brevity [\d.]+\n {2}credit {5}/,
  );
  expect(existsSync(join(own, "run"))).toBe(false);
});

test("the next commands are words of a shell, apart from what they do", async () => {
  const own = join(temporaryDirectory(), "a place of mine", "with a long name ".repeat(4).trim());
  const { stdout } = await fovea("init", own);
  const lines = stdout.slice(stdout.indexOf("next:")).trimEnd().split("\n").slice(1);
  expect(lines).toHaveLength(8);
  expect(lines[0]).toBe(
    `${`  npx fovea data check '${join(own, "rows.jsonl")}'`.padEnd(lines[0]!.length - 14)}check the rows`,
  );
  const columns = lines.map((line) => line.lastIndexOf("  ") + 2);
  expect(new Set(columns).size).toBe(1);
  for (const line of lines) expect(line).toContain(`'${own}`);
});

test("existing files are not overwritten", async () => {
  const own = temporaryDirectory();
  writeFileSync(join(own, "run.yaml"), "mine");
  const { status, stderr } = await fovea("init", own);
  expect(status).toBe(2);
  expect(stderr).toContain("run.yaml already exists");
  expect(readFileSync(join(own, "run.yaml"), "utf8")).toBe("mine");
  expect(existsSync(join(own, "rows.jsonl"))).toBe(false);
});
