import { statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { EngineError } from "../../../errors/index.ts";
import {
  ADAM,
  checkpointDirectory,
  coefficientsOf,
  recordedCase,
  registerCase,
} from "../../../testing/model-fixtures.ts";
import { LocalModel } from "../local-model.ts";
import type { ReplicaOptions } from "../local-options.ts";
import { ProgramCache } from "../program-cache.ts";

const MIB = 2 ** 20;
const model = checkpointDirectory("tied-gqa");
const recorded = recordedCase("tied-gqa", "one-image");
const opened: LocalModel[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(opened.splice(0).map((own) => own.close()));
});

function open(options: Partial<ReplicaOptions> = {}): LocalModel {
  const own = new LocalModel({ model, threads: 1, ...options });
  opened.push(own);
  return own;
}

test("an image whose pass through the tower has no room is refused, naming the setting that makes it smaller", async () => {
  const weights = statSync(join(model, "model.safetensors")).size;
  const narrow = open({ machine: { budget: weights + 96 * MIB + 4096, process: 0 } });
  const scored = narrow.score(registerCase(narrow, recorded));
  await expect(scored).rejects.toThrow(EngineError);
  await expect(scored).rejects.toThrow(
    /^memory: expected at least \d+ MiB free for the vision tower over an image of \d+x\d+ patches, got 0 MiB: lower data\.maxPixels/,
  );
});

describe("the tower runs", () => {
  /** Programs of the tower that are asked for in a round of scoring, learning and scoring by the reference. */
  async function runs(options: Partial<ReplicaOptions>): Promise<number[]> {
    const get = vi.spyOn(ProgramCache.prototype, "get");
    const own = open(options);
    const sequences = registerCase(own, recorded);
    const counts: number[] = [];
    const count = () => {
      const keys = get.mock.calls.map(([key]) => key);
      counts.push(keys.filter((key) => /^vision \d/.test(key)).length);
      get.mockClear();
    };
    await own.score(sequences);
    count();
    own.setReference();
    await own.score(sequences, { weights: "reference" });
    count();
    await own.accumulate(sequences, coefficientsOf(recorded));
    own.step({ ...ADAM, learningRate: 0.01 });
    await own.score(sequences);
    count();
    return counts;
  }

  test("once over an image where it is frozen, though the decoder's adapters learn", async () => {
    expect(await runs({ lora: { rank: 2 } })).toEqual([1, 0, 0]);
  });

  test("again after every change of its weights where it is trained", async () => {
    expect(await runs({})).toEqual([1, 1, 2]);
    expect(await runs({ lora: { rank: 2, vision: true } })).toEqual([1, 1, 2]);
  });
});
