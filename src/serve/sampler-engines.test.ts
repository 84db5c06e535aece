import { expect, test } from "vitest";
import type { Engine } from "../engine/index.ts";
import { EngineError } from "../errors/index.ts";
import { servedDigits, wholeFakeEngine } from "../testing/tinker-fixtures.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { SamplerEngines } from "./sampler-engines.ts";
import type { Sampler } from "./samplers.ts";

/** Engines of base weights, and how many were opened and closed. */
function enginesOf(...names: string[]) {
  const counts = { opened: 0, closed: 0 };
  const open = (): Engine => {
    counts.opened += 1;
    const close = async () => {
      counts.closed += 1;
    };
    return { ...wholeFakeEngine(), close };
  };
  const samplers = names.map(
    (name) =>
      ({ id: name, served: servedDigits(name, open), source: { kind: "base" } }) as unknown as Sampler,
  );
  const engines = new SamplerEngines({ host: () => undefined, checkpoints: {} as Checkpoints });
  return { counts, samplers, engines };
}

test("an engine that failed is closed, and the next request opens another", async () => {
  const { counts, samplers, engines } = enginesOf("digits");
  const [sampler] = samplers as [Sampler];
  const dies = async () => {
    throw new EngineError("sample: the engine is closed");
  };
  await expect(engines.run(sampler, dies)).rejects.toThrow("the engine is closed");
  expect(counts).toEqual({ opened: 1, closed: 1 });
  expect(await engines.run(sampler, async () => 7)).toBe(7);
  expect(counts).toEqual({ opened: 2, closed: 1 });
  const refuses = async () => {
    throw new RangeError("token 13");
  };
  await expect(engines.run(sampler, refuses)).rejects.toThrow("token 13");
  expect(counts).toEqual({ opened: 2, closed: 1 });
});

test("two engines are kept, the most recently used", async () => {
  const { counts, samplers, engines } = enginesOf("a", "b", "c");
  for (const sampler of [...samplers, samplers[1]!]) await engines.run(sampler, async () => 0);
  expect(counts).toEqual({ opened: 3, closed: 1 });
  await engines.close();
  expect(counts.closed).toBe(3);
});
