import { expect, test } from "vitest";
import { DataError } from "../../../errors/index.ts";
import { smolDirectory } from "../../../testing/smolvlm-fixtures.ts";
import { openSightOf } from "../../directory.ts";

test("Idefics3, and the first SmolVLM models, take no video", () => {
  const { architecture, vision } = openSightOf(smolDirectory("idefics3-untied"))!;
  expect(architecture.capabilities.video).toBe(false);
  const frame = { width: 8, height: 8, data: new Uint8Array(8 * 8 * 3) };
  const video = { kind: "video", video: { frames: [frame, frame], fps: 1 } } as const;
  for (const read of [
    () => vision.spell({ chunks: [video] }),
    () => vision.tokens(video),
    () => vision.grid(video),
    () => vision.shownSize(video),
  ]) {
    expect(read).toThrow(DataError);
    expect(read).toThrow("video: expected images alone, got a video, which the model does not take");
  }
});
