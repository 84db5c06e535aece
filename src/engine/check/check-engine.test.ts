import { afterEach, describe, expect, test } from "vitest";
import { EngineError } from "../../errors/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import type { Completion, Engine, Prompt, SampleRequest } from "../engine.ts";
import { createFakeEngine } from "../fake/fake-engine.ts";
import type { CauseKind } from "./cause.ts";
import { type CheckPrompts, checkEngine, requireSoundEngine } from "./check-engine.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const picture = (value: number): Prompt => ({
  chunks: [
    { kind: "text", tokens: [7] },
    { kind: "image", image: { width: 56, height: 28, data: new Uint8Array(56 * 28 * 3).fill(value) } },
    { kind: "text", tokens: [8, 9] },
  ],
});
const prompts: CheckPrompts = {
  text: { chunks: [{ kind: "text", tokens: [7, 8, 9] }] },
  pictures: [picture(10), picture(200)],
};
/** A policy whose every prompt has a row of its own, which moves on its own. */
const sound = () => createFakeEngine({ vocabSize: 12, promptRows: 64, seed: 5 });
const hasPicture = ({ chunks }: Prompt) => chunks.some(({ kind }) => kind === "image");
const nameOf = (prompt: Prompt) =>
  JSON.stringify(prompt, (_, value: unknown) => (value instanceof Uint8Array ? value[0] : value));

/** Samples each prompt where `from` says, or from the engine itself. */
function sampledFrom(engine: Engine, from: (prompt: Prompt) => Promise<readonly [Engine, Prompt]>): Engine {
  return {
    ...engine,
    sample: async (request: SampleRequest) => {
      const groups: Completion[][] = [];
      for (const prompt of request.prompts) {
        const [source, shown] = await from(prompt);
        groups.push(...(await source.sample({ ...request, prompts: [shown] })));
      }
      return groups;
    },
  };
}

async function copyOf(engine: Engine): Promise<Engine> {
  const directory = temporaryDirectory();
  await engine.save(directory);
  const copy = sound();
  await copy.load(directory);
  return copy;
}

/** Engines each with one fault that was seen on a real server. */
const FAULTY: Readonly<Record<Exclude<CauseKind, "unknown">, () => Engine>> = {
  "other-weights": () =>
    sampledFrom(sound(), async (prompt) => [createFakeEngine({ vocabSize: 12, promptRows: 64 }), prompt]),
  "raw-pixels": () => {
    const own = sound();
    return sampledFrom(own, async (prompt) => [own, hasPicture(prompt) ? picture(99) : prompt]);
  },
  "no-movement": () => {
    const own = sound();
    return { ...own, step: async () => ({ gradientNorm: 1, applied: true }) };
  },
  "dropped-weights": () => {
    const own = sound();
    const old = sound();
    return sampledFrom(own, async (prompt) => [old, prompt]);
  },
  "dropped-vision-weights": () => {
    const own = sound();
    const old = sound();
    return sampledFrom(own, async (prompt) => [hasPicture(prompt) ? old : own, prompt]);
  },
  "stale-pictures": () => {
    const own = sound();
    const kept = new Map<string, Promise<Engine>>();
    return sampledFrom(own, async (prompt) => {
      if (!hasPicture(prompt)) return [own, prompt];
      const name = nameOf(prompt);
      const then = kept.get(name) ?? copyOf(own);
      kept.set(name, then);
      return [await then, prompt];
    });
  },
};

/** The fake's log-probs move by tenths of a nat, and agree to the last bit where nothing is wrong. */
const threshold = 0.02;

describe.each([true, false])("the check at a server (extension: %s)", (isExtended) => {
  test.each(Object.entries(FAULTY))("names the fault: %s", async (kind, engine) => {
    const server = await world.server({ engine, isExtended });
    const client = await world.client(server.url);
    const found = await checkEngine(client, { prompts, threshold });
    expect(found.cause?.kind).toBe(kind);
    await expect(requireSoundEngine(client, { prompts, threshold })).rejects.toThrow(EngineError);
    await expect(requireSoundEngine(client, { prompts, threshold })).rejects.toThrow(
      new RegExp(`^engine check: ${server.url}: ${kind}: .*at most 0.02 expected: text before `),
    );
  });

  test("finds nothing where nothing is wrong, and leaves the weights as they were", async () => {
    const server = await world.server({ engine: sound, isExtended });
    const client = await world.client(server.url);
    const sequence = { prompt: prompts.pictures![0], completion: Int32Array.of(3, 4) };
    const train = async () => {
      await client.accumulate([sequence], [Float64Array.of(1, -1)]);
      await client.step({
        learningRate: 0.1,
        beta1: 0.9,
        beta2: 0.95,
        epsilon: 1e-8,
        weightDecay: 0,
        maxGradientNorm: 0,
      });
      return (await client.score([sequence]))[0]!.logprobs;
    };
    await train();
    const saved = temporaryDirectory();
    await client.save(saved);
    const undisturbed = await train();
    await client.load(saved);
    const found = await requireSoundEngine(client, { prompts, threshold });
    expect(found.rows.map(({ moment, shown }) => `${shown} ${moment}`)).toEqual([
      ...["text before", "picture before"],
      ...["text after", "picture after", "new-picture after"],
    ]);
    expect(Math.max(...found.rows.map(({ max }) => max))).toBeLessThan(1e-6);
    expect(found.moved).toBeGreaterThan(5 * threshold);
    expect(found.server).toMatchObject({ url: server.url, baseModel: "digits" });
    expect(await train()).toEqual(undisturbed);
  });
});

describe("the check of an engine in process", () => {
  test("of a text model needs no pictures", async () => {
    const found = await checkEngine(sound(), { prompts: { text: prompts.text }, threshold });
    expect(found).toMatchObject({ server: undefined, cause: undefined });
    expect(found.rows).toHaveLength(2);
  });

  test("puts the weights back where a step fails", async () => {
    const own = sound();
    const sequence = { prompt: prompts.text, completion: Int32Array.of(3, 4) };
    const [before] = await own.score([sequence]);
    let steps = 0;
    const failing: Engine = {
      ...own,
      step: async (adam) => {
        if (++steps === 2) throw new EngineError("optim_step: no");
        return own.step({ ...adam, learningRate: 1e-6 });
      },
    };
    await expect(checkEngine(failing, { prompts, threshold })).rejects.toThrow("optim_step: no");
    expect((await own.score([sequence]))[0]).toEqual(before);
  });
});
