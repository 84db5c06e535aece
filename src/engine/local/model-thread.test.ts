import { expect, test } from "vitest";
import { EngineError } from "../../errors/index.ts";
import { checkpointDirectory } from "../../testing/model-fixtures.ts";
import type { ScoreRequest } from "../engine.ts";
import { createLocalEngine } from "./create-local-engine.ts";

test("a request that no thread can be sent is refused, and nothing waits for it", async () => {
  const engine = await createLocalEngine({ model: checkpointDirectory("tied-mha"), threads: 1 });
  const sequences = [
    { prompt: { chunks: [{ kind: "text", tokens: [1, 2] }] }, completion: Int32Array.of(3) },
  ] as const;
  const request = { signals: { attention: { row: () => "own" } } } as unknown as ScoreRequest;
  const failed = engine.score(sequences, request);
  await expect(failed).rejects.toThrow(EngineError);
  await expect(failed).rejects.toThrow(
    /^score: expected a request of numbers, texts and lists, which its thread can be sent: .*could not be cloned/,
  );
  expect(await engine.score(sequences)).toHaveLength(1);
  await engine.close();
});
