/**
 * @module
 * A training through a network with faults, and the same training without.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { createFakeEngine } from "../engine/fake/fake-engine.ts";
import type { Engine, Prompt } from "../engine/index.ts";
import { FAULTS, startFaultProxy } from "./fault-proxy.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import type { TinkerWorld } from "./tinker-fixtures.ts";

const prompts: readonly Prompt[] = [1, 2].map((token) => ({ chunks: [{ kind: "text", tokens: [token] }] }));
const small = () => createFakeEngine({ vocabSize: 12, promptRows: 2, seed: 5 });
/** Waits that a test need not wait. */
const clock = { now: () => performance.now(), sleep: () => new Promise<void>((done) => setImmediate(done)) };

/** Samples two prompts, accumulates made-up coefficients and steps, so many times. */
export async function trainRounds(engine: Engine, rounds: number) {
  for (let round = 1; round <= rounds; round++) {
    const groups = await engine.sample({
      prompts,
      groupSize: 2,
      maxCompletionTokens: 4,
      temperature: 1,
      topP: 1,
      topK: 0,
      stopTokens: [0],
      seed: round,
    });
    const sequences = groups.flatMap((group, p) =>
      group.map(({ tokens }) => ({ prompt: prompts[p]!, completion: tokens })),
    );
    await engine.accumulate(
      sequences,
      sequences.map(({ completion }, i) => Float64Array.from(completion, (_, t) => Math.sin(round + i + t))),
    );
    const { applied } = await engine.step({
      learningRate: 0.01,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-8,
      weightDecay: 0,
      maxGradientNorm: 1,
    });
    expect(applied).toBe(true);
  }
}

/** The bytes of every file of an engine's state under a directory. */
function stateBytes(directory: string): Record<string, Buffer> {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return Object.fromEntries(
    names
      .filter((name) => name.endsWith(".bin"))
      .map((name) => [name.replace(/^.*\//, ""), readFileSync(join(directory, name))]),
  );
}

/**
 * Trains so many rounds through a proxy that cuts, delays, doubles or refuses calls, and without it.
 *
 * @returns how often each fault happened, and the bytes of both trainings' weights and moments by file
 */
export async function faultedTraining(world: TinkerWorld, wire: "protobuf" | "json", rounds: number) {
  const state = temporaryDirectory();
  const server = await world.server({ engine: small, state });
  const proxy = await startFaultProxy(server.url, 0.6, 7);
  const client = await world.client(proxy.url, { clock, wire });
  await trainRounds(client, rounds);
  await client.save(temporaryDirectory());
  await proxy.close();

  const straight = small();
  await trainRounds(straight, rounds);
  const expected = temporaryDirectory();
  await straight.save(expected);
  const [reached, wanted] = [stateBytes(join(state, "checkpoints")), stateBytes(expected)];
  expect(Object.keys(reached).sort()).toEqual(["fake-optimizer.bin", "fake-policy.bin"]);
  return { counts: FAULTS.map((fault) => proxy.counts[fault]), reached, wanted };
}
