import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext, TINY_FLAGS } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

/** Three tokens; the second moves its attention within the image, the third within the text. */
const RECORDED = {
  tokens: ["I", " see", " 4"],
  signals: {
    attention: {
      visualMass: [0.5, 0.75, 0.25],
      textMass: [0.5, 0.25, 0.75],
      visualShift: [0, 1, 0],
      textShift: [0, 0, 1],
    },
    entropy: [0, 1, 0.5],
    ablation: { given: [-0.1, -0.2, -0.3], ablated: [-0.1, -1.2, -0.3] },
  },
};

function file(content: unknown): string {
  const path = join(temporaryDirectory(), "signals.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

async function run(...words: string[]) {
  const { context, stdout, stderr } = collectingContext();
  const status = await runCommandLine(["credit", ...words], context);
  return { status, stdout: stdout(), stderr: stderr() };
}

const tiny = TINY_FLAGS.flatMap((flag) => ["--set", flag]);

describe("recorded signals", () => {
  test("are credited by several methods side by side", async () => {
    const { stdout, status } = await run("--signals", file(RECORDED), "--methods", "dyco-rl,uniform,vicra");
    expect(status).toBe(0);
    const lines = stdout.split("\n");
    expect(lines[1]).toMatch(/^token\s+dyco-rl\s+uniform\s+vicra$/);
    expect(lines[3]).toMatch(/^" see"\s+1\.2\d+ visual\s+1\.000\s+1\.\d+$/);
    expect(lines[4]).toMatch(/^" 4"\s+1\.2\d+ text\s+1\.000\s+0\.\d+$/);
  });

  test("come as JSON with everything that a method says", async () => {
    const { stdout } = await run(
      "--signals",
      file({ groups: [[RECORDED], [RECORDED]] }),
      "--set",
      "credit=dyco-rl",
      "--json",
    );
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ title }) => title)).toEqual(["group 0, completion 0", "group 1, completion 0"]);
    expect(lines[0].credits["dyco-rl"].roles).toEqual(["neutral", "visual", "text"]);
    expect(lines[0].credits["dyco-rl"].weights).toHaveLength(3);
  });

  test("may begin with a byte order mark", async () => {
    const { status } = await run("--signals", file(`\ufeff${JSON.stringify(RECORDED)}`));
    expect(status).toBe(0);
  });

  test("take the options of the configuration's own method", async () => {
    const path = file(RECORDED);
    const { stdout } = await run(
      "--signals",
      path,
      "--set",
      "credit=dyco-rl",
      "--set",
      "credit.alpha=0",
      "--json",
    );
    expect(JSON.parse(stdout).credits["dyco-rl"].weights).toEqual([1, 1, 1]);
  });

  test.each([
    ["text that is no JSON", "{", "JSON"],
    ["unknown keys", { ...RECORDED, mass: [] }, "mass"],
    ["a mask of other numbers", { ...RECORDED, mask: [2, 1, 1] }, "mask"],
    ["an advantage of another length", { ...RECORDED, advantage: [1, 2] }, "advantage: expected 3"],
  ])("refuse %s", async (_, content, word) => {
    const { status, stderr } = await run("--signals", file(content));
    expect(status).toBe(1);
    expect(stderr).toMatch(/signals .*signals\.json/);
    expect(stderr).toContain(word);
  });

  test("reject signals that a method lacks, and values that are not numbers", async () => {
    const { entropy: _entropy, ...signals } = RECORDED.signals;
    const lacking = await run("--signals", file({ signals }), "--methods", "entropy-advantage");
    expect(lacking.stderr).toContain("entropy");
    const attention = { ...RECORDED.signals.attention, visualMass: [0.5, null, 0.25] };
    const broken = await run("--set", "credit=dyco-rl", "--signals", file({ signals: { attention } }));
    expect(broken.stderr).toContain("visualMass[1]");
  });
});

describe("completions of a model", () => {
  test("are sampled and credited token by token", async () => {
    const { stdout, status } = await run(...tiny, "--methods", "dyco-rl,vicra", "--problems", "2");
    expect(status).toBe(0);
    expect(stdout.match(/token\s+dyco-rl\s+vicra/g)).toHaveLength(2);
  });

  test("may be given instead", async () => {
    const { stdout } = await run(...tiny, "--completion", "7", "--methods", "entropy-advantage", "--json");
    expect(JSON.parse(stdout).tokens).toEqual(["7", ""]);
  });

  test("are not recorded signals too", async () => {
    const { status, stderr } = await run("--signals", file(RECORDED), "--completion", "7");
    expect(status).toBe(2);
    expect(stderr).toContain("--completion");
  });
});

test("an unknown method is named with its nearest", async () => {
  const { status, stderr } = await run("--methods", "dico-rl");
  expect(status).toBe(2);
  expect(stderr).toContain('did you mean "dyco-rl"?');
});
