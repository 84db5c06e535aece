import { expect, test } from "vitest";
import { createLocalEngine } from "../../../engine/local/create-local-engine.ts";
import { inspectCompletion } from "../../../inspect/index.ts";
import { qwenDirectory } from "../../../testing/qwen-fixtures.ts";
import { openSightOf } from "../../directory.ts";
import type { VideoClip } from "../../image/video-clip.ts";
import { videoWords } from "./video-words.ts";

test("a video whose patches have words between them is one video, each patch at the time of its first frame", async () => {
  const directory = qwenDirectory("qwen3_vl/untied-gqa");
  const { vision } = openSightOf(directory)!;
  const engine = await createLocalEngine({ model: directory, threads: 1 });
  const frame = (i: number) => ({ width: 32, height: 32, data: new Uint8Array(32 * 32 * 3).fill(20 * i) });
  const clip = (frames: number, fps: number): VideoClip => ({
    frames: Array.from({ length: frames }, (_, i) => frame(i)),
    fps,
  });
  const text = { kind: "text" as const, tokens: [40, 41] };
  const chunks = [clip(8, 2), clip(3, 0.5)].flatMap((video) =>
    videoWords(video).map((piece) => (typeof piece === "string" ? text : piece)),
  );
  const group = [{ tokens: [50, 51], stopReason: "stop" as const, advantage: 1 }];
  const found = await inspectCompletion(
    { engine, vision, methods: [], temperature: 1 },
    { prompt: { chunks }, group, place: 0 },
  );
  expect(found.images!.map(({ video, seconds }) => [video, seconds])).toEqual([
    [0, 0],
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 0],
    [1, 4],
  ]);
  await engine.close();
});
