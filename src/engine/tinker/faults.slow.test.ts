import { afterEach, expect, test } from "vitest";
import { faultedTraining } from "../../testing/faulted-training.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

test.each(["protobuf", "json"] as const)(
  "a thousand calls cut, delayed, doubled or refused leave the weights of a run without any: %s",
  async (wire) => {
    const { counts, reached, wanted } = await faultedTraining(world, wire, 95);
    expect(Math.min(...counts)).toBeGreaterThan(80);
    expect(counts.reduce((a, b) => a + b, 0)).toBeGreaterThan(1000);
    expect(reached).toEqual(wanted);
  },
);
