import { describe, expect, test } from "vitest";
import { openSightOf } from "../../model/index.ts";
import { checkpointDirectory, recordedCase, recordedPrompt } from "../../testing/model-fixtures.ts";
import type { Prompt } from "../engine.ts";
import { pixelBytes } from "./kept-prompts.ts";
import { KnownPrompts } from "./known-prompts.ts";

const sight = openSightOf(checkpointDirectory("tied-gqa"))!;
const withImages = recordedCase("tied-gqa", "padded-batch")
  .sequences.map(recordedPrompt)
  .find(({ chunks }) => chunks.some(({ kind }) => kind === "image"))!;
const copy = (): Prompt => ({ ...withImages });
const patchBytes = (known: KnownPrompts, id: number) =>
  known.all([id])[0]!.images.reduce((sum, { patches }) => sum + patches.byteLength, 0);

describe("prompts that are known", () => {
  test("are counted with their pixels and what is prepared of them, and no more once forgotten", () => {
    const memory = { prompts: 0, preparedPrompts: 0, promptBytes: Number.POSITIVE_INFINITY };
    const known = new KnownPrompts(sight, memory);
    known.register([[0, copy()]]);
    const [pixels, patches] = [pixelBytes(withImages), patchBytes(known, 0)];
    expect(patches).toBeGreaterThan(pixels);
    expect(memory).toMatchObject({ prompts: pixels, preparedPrompts: patches });
    known.register([[1, copy()]]);
    expect(memory).toMatchObject({ prompts: 2 * pixels, preparedPrompts: 2 * patches });
    known.all([0])[0]!.images[0]!.embeddings = new Float32Array(100);
    known.all([1]);
    expect(memory.preparedPrompts).toBe(2 * patches + 400);
    known.forget([0, 1]);
    expect(memory).toMatchObject({ prompts: 0, preparedPrompts: 0 });
  });

  test("beyond their share are prepared again when they are asked for, those not used for longest first", () => {
    const memory = { prompts: 0, preparedPrompts: 0, promptBytes: Number.POSITIVE_INFINITY };
    const known = new KnownPrompts(sight, memory);
    known.register([
      [0, copy()],
      [1, copy()],
    ]);
    const [first, second] = known.all([0, 1]);
    known.all([0]);
    memory.promptBytes = patchBytes(known, 0);
    const [again] = known.all([0]);
    expect(again).toBe(first);
    const [other] = known.all([1]);
    expect(other).not.toBe(second);
    expect(other).toEqual(second);
    expect(memory.prompts).toBe(2 * pixelBytes(withImages));
    expect(memory.preparedPrompts).toBe(memory.promptBytes);
    expect(known.sequences([{ prompt: 1, completion: Int32Array.of(1) }])[0]!.prompt).toBe(other);
  });
});
