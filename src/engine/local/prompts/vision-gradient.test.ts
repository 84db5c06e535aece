import { expect, test, vi } from "vitest";
import { graphsOf, imageTokenWidth, openSightOf } from "../../../model/index.ts";
import { checkpointDirectory, recordedCase, recordedPrompt } from "../../../testing/model-fixtures.ts";
import { ProgramCache } from "../program-cache.ts";
import { ParameterStore } from "../weights/parameter-store.ts";
import { preparePrompt } from "./prepared-prompt.ts";
import { VisionEncoder } from "./vision-encoder.ts";

/** The tower's gradient of a recorded image with this much room, and how many programs it took. */
async function gradientWith(room: number) {
  const directory = checkpointDirectory("tied-gqa");
  const { config, vision } = openSightOf(directory)!;
  const { images } = preparePrompt(
    recordedPrompt(recordedCase("tied-gqa", "one-image").sequences[0]!),
    vision,
  );
  const { vision: graphs } = graphsOf(config);
  const store = new ParameterStore(graphsOf(config));
  store.read(directory);
  const programs = new ProgramCache(8, { threads: 1 });
  const compile = vi.spyOn(programs, "compile");
  const tower = new VisionEncoder(
    { graphs, store, programs, memory: { room } },
    imageTokenWidth(config.text),
  );
  await tower.encode(images);
  compile.mockClear();
  const gradients = images.map((image) => [image, image.embeddings.map((value) => Math.sin(value))] as const);
  await tower.backward(new Map(gradients));
  await programs.clear();
  return { gradient: store.gradient.slice(), programs: compile.mock.calls.length };
}

test("one program where memory is plenty, two that keep the inputs of blocks where it is not, bitwise the same", async () => {
  const plenty = await gradientWith(Number.POSITIVE_INFINITY);
  expect(plenty.programs).toBe(1);
  expect(plenty.gradient.some((value) => value !== 0)).toBe(true);
  const scarce = await gradientWith(700_000);
  expect(scarce.programs).toBe(2);
  expect(scarce.gradient).toEqual(plenty.gradient);
});

test("an image whose blocks have no room one at a time is refused with the number", async () => {
  await expect(gradientWith(100_000)).rejects.toThrow(
    /^memory: expected at least .* free for the vision tower's gradient over an image of \d+x\d+ patches, got/,
  );
});
