import { expect, test, vi } from "vitest";
import { EngineError, ModelError } from "../../../errors/index.ts";
import { graphsOf } from "../../../model/architectures/graphs.ts";
import { readConfig } from "../../../model/directory.ts";
import type { Weights } from "../../../model/index.ts";
import { checkpointDirectory } from "../../../testing/model-fixtures.ts";
import { ParameterStore } from "./parameter-store.ts";

const disk = vi.hoisted(() => ({ readable: Number.POSITIVE_INFINITY }));
vi.mock("../../../model/open-weights.ts", async (importOriginal) => {
  const { openWeights } = await importOriginal<{ openWeights: (...given: unknown[]) => Weights }>();
  return {
    openWeights: (...given: unknown[]): Weights => {
      const weights = openWeights(...given);
      return {
        ...weights,
        readInto: (...range) => {
          if (disk.readable-- <= 0) throw new ModelError("the disk is gone");
          weights.readInto(...range);
        },
      };
    },
  };
});

const DIRECTORY = checkpointDirectory("tied-mha");

test("weights that were read in part are used by nothing until a checkpoint is read whole", () => {
  const store = new ParameterStore(graphsOf(readConfig(DIRECTORY)));
  store.read(DIRECTORY);
  const { weights, version } = store;
  const whole = weights.slice();
  weights.fill(0);

  disk.readable = 3;
  expect(() => store.read(DIRECTORY)).toThrow("the disk is gone");
  expect(store.version).toBeGreaterThan(version);
  expect(() => store.weights).toThrow(
    new EngineError(
      "local engine: expected weights of one checkpoint, got weights of two, since load failed: the disk is gone; load a checkpoint first",
    ),
  );
  expect(() => store.feeds(new Map())).toThrow(EngineError);

  disk.readable = Number.POSITIVE_INFINITY;
  store.read(DIRECTORY);
  expect(store.weights).toEqual(whole);
});
