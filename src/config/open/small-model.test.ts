import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLocalEngine } from "../../engine/index.ts";
import { freshSmallModel } from "../../engine/small-model.ts";
import { openModelDirectory } from "../../model/index.ts";
import { freshPath, tinyConfig } from "../../testing/tiny-run.ts";
import { openConfiguredDialogue } from "./open-model.ts";

test("a checkpoint of the built-in model says by itself where an answer ends, as its training has it", async () => {
  const engine = await createLocalEngine({ model: freshSmallModel(0), threads: 1 });
  const path = freshPath();
  await engine.save(path);
  await engine.close();
  const generation = JSON.parse(readFileSync(join(path, "generation_config.json"), "utf8"));
  const { stopTokens, tokenizer } = openModelDirectory(path);
  expect(stopTokens.map((token) => tokenizer.decode([token]))).toEqual(["<|im_end|>"]);
  expect(generation.eos_token_id).toEqual(stopTokens);
  expect(tokenizer.decode([generation.pad_token_id])).toBe("<|endoftext|>");
  expect((await openConfiguredDialogue(tinyConfig())).stopTokens).toEqual(stopTokens);
});
