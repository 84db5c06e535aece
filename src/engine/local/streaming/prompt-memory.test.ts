import { expect, test, vi } from "vitest";
import { checkpointDirectory, recordedImage } from "../../../testing/model-fixtures.ts";
import type { Prompt } from "../../engine.ts";
import { RUNTIME_BYTES } from "../memory/machine-memory.ts";
import * as prepared from "../prompts/prepared-prompt.ts";
import { StreamingModel } from "./streaming-model.ts";

vi.mock("../prompts/prepared-prompt.ts", { spy: true });

test("prepared prompts beyond their share of the memory are let go and prepared again", async () => {
  const model = new StreamingModel({
    model: checkpointDirectory("tied-gqa"),
    threads: 1,
    machine: { budget: RUNTIME_BYTES + 2 ** 24, process: 0 },
  });
  const prompt = (a: number): Prompt => ({
    chunks: [
      {
        kind: "image",
        image: recordedImage({ kind: "image", width: 280, height: 280, formula: { a, b: 5, d: 7, e: 11 } }),
      },
      { kind: "text", tokens: [1, 2] },
    ],
  });
  // Each takes 1.9 MB, of a share of 4 MiB less a quarter of the pixels.
  model.register([1, 2, 3, 4].map((id) => [id, prompt(id)]));
  const count = () => vi.mocked(prepared.preparePrompt).mock.calls.length;
  expect(count()).toBe(4);
  const sequence = (id: number) => [{ prompt: id, completion: Int32Array.of(3) }];
  await model.score(sequence(4));
  expect(count()).toBe(4);
  await model.score(sequence(1));
  expect(count()).toBe(5);
  await model.close();
});
