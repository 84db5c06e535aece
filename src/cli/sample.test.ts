import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Engine } from "../engine/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext, digitsFakeEngine, TINY_FLAGS } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

const TINY = TINY_FLAGS.flatMap((flag) => ["--set", flag]);

async function sample(words: readonly string[], engine: Partial<Engine> = {}) {
  const { context, stdout, stderr } = collectingContext({
    openEngine: async () => ({ ...digitsFakeEngine(), ...engine }),
  });
  const status = await runCommandLine(["sample", ...TINY, ...words], context);
  return { status, stdout: stdout(), stderr: stderr() };
}

const lines = (path: string) => readFileSync(path, "utf8").trimEnd().split("\n");

test("refuses a file that exists before anything is sampled, and leaves it", async () => {
  const out = join(temporaryDirectory(), "answers.jsonl");
  writeFileSync(out, "mine\n");
  const { status, stderr } = await sample(["--out", out], {
    sample: () => Promise.reject(new Error("nothing is sampled")),
  });
  expect(status).toBe(2);
  expect(stderr).toContain(`--out ${out}: expected a file that does not exist yet`);
  expect(readFileSync(out, "utf8")).toBe("mine\n");
});

test("writes answers as they arrive, the same in any batches", async () => {
  const [whole, parts, broken] = ["whole", "parts", "broken"].map((name) =>
    join(temporaryDirectory(), name, "answers.jsonl"),
  ) as [string, string, string];
  const words = (out: string, size: number) => [
    "--problems",
    "5",
    "--set",
    `evaluation.batchSize=${size}`,
    "--out",
    out,
  ];
  expect((await sample(words(whole, 8))).status).toBe(0);
  expect((await sample(words(parts, 2))).status).toBe(0);
  expect(lines(parts)).toEqual(lines(whole));
  const engine = digitsFakeEngine();
  let calls = 0;
  const { status } = await sample(words(broken, 2), {
    sample: (request) => (++calls > 2 ? Promise.reject(new Error("gone")) : engine.sample(request)),
  });
  expect(status).toBe(1);
  expect(lines(broken)).toEqual(lines(whole).slice(0, 4));
});

test("leaves no file where no answer came", async () => {
  const out = join(temporaryDirectory(), "answers.jsonl");
  await sample(["--out", out], { sample: () => Promise.reject(new Error("gone")) });
  expect(existsSync(out)).toBe(false);
});
