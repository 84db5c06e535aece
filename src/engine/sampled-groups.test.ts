import { expect, test } from "vitest";
import { EngineError } from "../errors/index.ts";
import type { Prompt, SampleRequest } from "./engine.ts";
import { createFakeEngine } from "./fake/fake-engine.ts";
import { sampledGroups } from "./sampled-groups.ts";

const prompt: Prompt = { chunks: [{ kind: "text", tokens: [1, 2] }] };
const request: SampleRequest = {
  prompts: [prompt, prompt],
  groupSize: 1,
  maxCompletionTokens: 3,
  temperature: 1,
  topP: 1,
  topK: 0,
  stopTokens: [0],
  seed: 1,
};
const good = {
  tokens: Int32Array.of(1, 2),
  logprobs: Float64Array.of(-1, -1),
  entropy: Float64Array.of(1, 1),
  stopReason: "stop",
};

test.each<[name: string, groups: unknown, message: string]>([
  ["nothing", undefined, "expected 2 groups, one for each prompt, got undefined"],
  ["one group", [[good]], "expected 2 groups, one for each prompt, got an array of 1"],
  ["no group", [[good], good], "expected 1 completions for prompt 1, got an object with tokens, "],
  ["too many completions", [[good, good], [good]], "expected 1 completions for prompt 0, got an array of 2"],
  ["texts", [["a"], ["b"]], 'stopReason for completion 0 of prompt 0, got "a"'],
  ["null", [[good], [null]], "stopReason for completion 0 of prompt 1, got null"],
  [
    "too few log-probs",
    [[good], [{ ...good, logprobs: Float64Array.of(-1) }]],
    "expected 2 logprobs, one for each token of completion 0 of prompt 1, got 1",
  ],
  ["no entropy", [[{ ...good, entropy: undefined }], [good]], "expected 2 entropy, one for each"],
  [
    "another reason",
    [[{ ...good, stopReason: "eos" }], [good]],
    'expected stopReason "stop" or "length" for',
  ],
])("the error of an engine that samples %s has what was expected and got", async (_, groups, message) => {
  const engine = { sample: async () => groups as never };
  const sampling = sampledGroups(engine, request);
  await expect(sampling).rejects.toThrow(EngineError);
  await expect(sampling).rejects.toThrow(message);
});

test("completions of the right shape pass, and prompts keep their order", async () => {
  const engine = createFakeEngine({ vocabSize: 8 });
  expect(await sampledGroups(engine, request)).toEqual(await engine.sample(request));
  const sorting = { sample: async ({ prompts }: SampleRequest) => (prompts as Prompt[]).reverse() as never };
  await expect(sampledGroups(sorting, request)).rejects.toThrow(TypeError);
});
