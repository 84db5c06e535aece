import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readWeights } from "../model/index.ts";
import { adapterDirectory } from "../testing/lora-fixtures.ts";
import { checkpointDirectory, FIXTURE_NAMES } from "../testing/model-fixtures.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

async function fovea(...words: string[]) {
  const { context, stdout, stderr } = collectingContext({});
  return { status: await runCommandLine(["export", ...words], context), stdout: stdout(), stderr: stderr() };
}

test("writes a merged model in shards of bfloat16", async () => {
  const target = join(temporaryDirectory(), "merged");
  const { status, stdout } = await fovea(
    checkpointDirectory("tied-gqa"),
    target,
    ...["--adapter", adapterDirectory("decoder"), "--max-shard-size", "20KB", "--json"],
  );
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ event: "finished", model: target, dtype: "bf16" });
  expect(readdirSync(target)).toContain("model.safetensors.index.json");
  expect(readWeights(target, FIXTURE_NAMES).dtype("model.norm.weight")).toBe("BF16");
});

test.each([
  ["--dtype", "f8"],
  ["--max-shard-size", "big"],
  ["--max-shard-size", "0GB"],
])("refuses %s %s as wrong usage", async (flag, value) => {
  const target = join(temporaryDirectory(), "refused");
  const { status } = await fovea(checkpointDirectory("tied-gqa"), target, flag, value);
  expect(status).toBe(2);
  expect(existsSync(target)).toBe(false);
});

test("names the model that cannot be read", async () => {
  const { status, stderr } = await fovea("/no/such/model", join(temporaryDirectory(), "none"));
  expect(status).toBe(1);
  expect(stderr).toContain("/no/such/model/config.json: cannot be read");
});
