import { afterEach, expect, test } from "vitest";
import { TinkerWorld, wholeFakeEngine } from "../../testing/tinker-fixtures.ts";
import type { Capability } from "../capabilities.ts";
import type { Engine, Prompt, SampleRequest } from "../engine.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const image = { width: 56, height: 28, data: new Uint8Array(56 * 28 * 3) };
const prompt: Prompt = {
  chunks: [
    { kind: "text", tokens: [7] },
    { kind: "image", image },
    { kind: "text", tokens: [8] },
  ],
};
const sequences = [{ prompt, completion: Int32Array.of(2, 5) }];
const asked: SampleRequest = {
  prompts: [prompt],
  groupSize: 1,
  maxCompletionTokens: 2,
  temperature: 1,
  topP: 1,
  topK: 0,
  stopTokens: [0],
  seed: 1,
};
const intervention = { tokens: [[0, 1]], modality: "visual", lambda: 2, layers: "all" } as const;

/** An engine that amplifies attention. */
const amplifying = (): Engine => {
  const engine = wholeFakeEngine();
  return {
    ...engine,
    capabilities: new Set<Capability>([...engine.capabilities, "attention-intervention"]),
  };
};

test.each([true, false])(
  "what no request can ask for is no capability and is refused (extension: %s)",
  async (isExtended) => {
    const { url } = await world.server({ engine: amplifying, isExtended });
    const client = await world.client(url);
    expect([...client.capabilities]).not.toContain("attention-intervention");
    await expect(client.score(sequences, { intervention })).rejects.toThrow(
      `forward: ${url} offers no amplified attention`,
    );
    await expect(client.score(sequences, { likeliest: true })).rejects.toThrow(
      `forward: ${url} offers no likeliest tokens`,
    );
    await expect(client.sample({ ...asked, watch: () => true })).rejects.toThrow(
      `asample: ${url} offers no tokens as they are drawn`,
    );
    await expect(client.sample({ ...asked, alternatives: 2 })).rejects.toThrow(
      `asample: ${url} offers no likeliest tokens of samples`,
    );
  },
);

test("a prompt that hides its images is refused wherever it is sent", async () => {
  const client = await world.client((await world.server()).url);
  const hidden = { ...prompt, hidesImages: true };
  const own = [{ prompt: hidden, completion: Int32Array.of(2, 5) }];
  const message =
    "prompt: hidesImages: chunk 1 is an image, which the Tinker protocol cannot hide from later tokens";
  await expect(client.score(own)).rejects.toThrow(message);
  await expect(client.sample({ ...asked, prompts: [hidden] })).rejects.toThrow(message);
  await expect(client.accumulate(own, [Float64Array.of(1, 1)])).rejects.toThrow(message);
});
