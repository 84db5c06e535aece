import { expect, test, vi } from "vitest";
import type { Engine } from "../engine/index.ts";
import { EngineError } from "../errors/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { servedDigits, wholeFakeEngine } from "../testing/tinker-fixtures.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { ModelHost } from "./model-host.ts";
import { PromptPool } from "./prompt-pool.ts";
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

test("an engine that broke is closed, and the next request opens another", async () => {
  const { counts, samplers, engines } = enginesOf("digits");
  const [sampler] = samplers as [Sampler];
  const dies = async () => {
    throw new EngineError("sample: the engine is closed", { hasEnded: true });
  };
  await expect(engines.run(sampler, dies)).rejects.toThrow("the engine is closed");
  expect(counts).toEqual({ opened: 1, closed: 1 });
  expect(await engines.run(sampler, async () => 7)).toBe(7);
  expect(counts).toEqual({ opened: 2, closed: 1 });
  for (const error of [new RangeError("token 13"), new EngineError("watch: this engine has no stream")]) {
    const refuses = () => Promise.reject(error);
    await expect(engines.run(sampler, refuses)).rejects.toThrow(error);
    expect(counts).toEqual({ opened: 2, closed: 1 });
  }
});

test("an engine that breaks in place of a model's own, whose weights have moved on, does not end the model", async () => {
  const served = servedDigits("digits", wholeFakeEngine);
  const onFault = vi.fn();
  const host = new ModelHost({
    id: "m",
    session: "s",
    served,
    rank: 0,
    lora: undefined,
    valueHead: false,
    engine: wholeFakeEngine(),
    pool: new PromptPool(served),
    gapLimitMs: 1000,
    onFault,
  });
  const checkpoints = { snapshotDirectory: temporaryDirectory } as unknown as Checkpoints;
  const engines = new SamplerEngines({ host: () => host, checkpoints });
  const standIn = async () => ({ ...wholeFakeEngine(), load: async () => {} });
  const source = { kind: "model", baseModel: "digits", model: "m", version: 0, lora: undefined } as const;
  const sampler: Sampler = { id: "a", session: "s", served: { ...served, open: standIn }, source };
  const fault = new EngineError("sample: the engine is closed", { hasEnded: true });
  // The step comes first, although the sample was asked for at version 0.
  const step = host.enqueue(async () => host.noteStep());
  const sampled = engines.run(sampler, (engine) =>
    engine === host.engine ? Promise.resolve("the model's own") : Promise.reject(fault),
  );
  await step;
  await expect(sampled).rejects.toBe(fault);
  expect(onFault).not.toHaveBeenCalled();
});

test("two engines are kept, the most recently used", async () => {
  const { counts, samplers, engines } = enginesOf("a", "b", "c");
  for (const sampler of [...samplers, samplers[1]!]) await engines.run(sampler, async () => 0);
  expect(counts).toEqual({ opened: 3, closed: 1 });
  await engines.close();
  expect(counts.closed).toBe(3);
});
