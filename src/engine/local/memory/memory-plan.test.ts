import { describe, expect, test } from "vitest";
import { EngineError } from "../../../errors/index.ts";
import type { ParameterStore } from "../weights/parameter-store.ts";
import { machineMemory } from "./machine-memory.ts";
import { MemoryPlan, requireWeights } from "./memory-plan.ts";

const MIB = 2 ** 20;
/** Memory of every model beside its numbers. */
const RUNTIME = 96 * MIB;

/** A model of 256 MiB of trained weights. */
const storeOf = (frozenMib = 0, hasReference = false) =>
  ({
    layout: { size: 64 * MIB, frozenSize: (frozenMib * MIB) / 4 },
    reference: hasReference ? new Float32Array() : undefined,
  }) as unknown as ParameterStore;

const planOf = (mebibytes: number, store = storeOf(), replicas = 1) =>
  new MemoryPlan({ budget: mebibytes * MIB, process: 100 * MIB }, replicas, store);

describe("the room for batches is the budget", () => {
  test("less the process, the runtime and the weights", () => {
    expect(planOf(1000).room).toBe((1000 - 100 - 256) * MIB - RUNTIME);
    expect(planOf(1000, storeOf(200)).room).toBe((1000 - 100 - 256 - 200) * MIB - RUNTIME);
  });

  test("less gradients and two moments once the model is trained, and the KL reference", () => {
    const plan = planOf(2000);
    plan.train();
    expect(plan.room).toBe((2000 - 100 - 4 * 256) * MIB - RUNTIME);
    plan.expectReference();
    expect(plan.room).toBe((2000 - 100 - 5 * 256) * MIB - RUNTIME);
    const given = planOf(2000, storeOf(0, true));
    given.train();
    expect(given.room).toBe(plan.room);
  });

  test("in equal parts for replicas, which hold their gradients twice", () => {
    const plan = planOf(4100, storeOf(), 2);
    plan.train();
    expect(plan.room).toBe((2000 - 5 * 256) * MIB - RUNTIME);
  });
});

test("prompts that are kept count, and what is prepared of them may have a quarter, or what batches leave", () => {
  const plan = planOf(1000);
  const { room } = plan;
  expect(plan.promptBytes).toBe(room / 4);
  plan.prompts = 100 * MIB;
  expect(plan.room).toBe(room - 100 * MIB);
  expect(plan.promptBytes).toBe(plan.room / 4);
  expect(plan.fits({ activations: room - plan.headBytes - 99 * MIB, programs: 0 })).toBe(false);
  plan.preparedPrompts = 50 * MIB;
  expect(plan.room).toBe(room - 100 * MIB);
  expect(plan.programBytes).toBe(plan.room - 50 * MIB);
  plan.activations = plan.room - plan.headBytes - 10 * MIB;
  expect(plan.promptBytes).toBe(10 * MIB);
  const { message } = plan.refusal("train", "one completion", { activations: 300 * MIB, programs: 40 * MIB });
  expect(message).toContain("weights 256 MiB, prompts 100 MiB, activations");
});

test("an eighth of the room is the head's, and no more than makes it faster", () => {
  const room = planOf(1000).room;
  expect(planOf(1000).headBytes).toBe(room / 8);
  expect(planOf(100_000).headBytes).toBe(256 * MIB);
});

test("programs may keep what activations leave", () => {
  const plan = planOf(1000);
  plan.activations = 50 * MIB;
  expect(plan.programBytes).toBe(plan.room - 50 * MIB);
});

test("a batch fits with the head's part beside it", () => {
  const plan = planOf(1000);
  const free = plan.room - plan.headBytes;
  expect(plan.fits({ activations: free - MIB, programs: MIB })).toBe(true);
  expect(plan.fits({ activations: free - MIB, programs: MIB + 1 })).toBe(false);
});

test("a refusal says what takes how much", () => {
  const plan = planOf(1400);
  plan.train();
  plan.expectReference();
  const { message } = plan.refusal("train", "one completion", { activations: 300 * MIB, programs: 40 * MIB });
  expect(message).toBe(
    "train: memory: expected at least 1.77 GiB, got 1.37 GiB: weights 256 MiB, KL reference 256 MiB, gradients 256 MiB, " +
      "moments 512 MiB, activations of one completion 300 MiB, programs 136 MiB, the process without a model 100 MiB; allow " +
      "more by engine.memory, or choose a smaller model, shorter completions, engine.lora or engine.checkpointing",
  );
});

test("weights that do not fit are refused by themselves", () => {
  const { layout } = storeOf();
  const require = (mebibytes: number) => () =>
    requireWeights({ budget: mebibytes * MIB, process: 100 * MIB }, 1, layout);
  expect(require(452)).not.toThrow();
  expect(require(451)).toThrow(EngineError);
  expect(require(451)).toThrow(
    "memory: expected at least 452 MiB, got 451 MiB: weights 256 MiB, runtime 96 MiB, the process without a model 100 MiB",
  );
});

test.each([
  [
    { size: 2 ** 32 + 1, frozenSize: 0 },
    1,
    "at most 4294967296 numbers, as many as an array of Node holds, got 4294967297",
  ],
  [{ size: 8, frozenSize: 7e9 }, 2, "at most 4294967296 numbers, .*, got 7000000000"],
  [{ size: 3e9, frozenSize: 0 }, 2, "at most 4294967296 numbers of 2 replicas, .*, got 6000000000"],
])(
  "weights that no array holds, %j in %i replicas, are refused with any amount of memory",
  (layout, replicas, message) => {
    const require = () => requireWeights({ budget: 2 ** 45, process: 0 }, replicas, layout);
    expect(require).toThrow(EngineError);
    expect(require).toThrow(new RegExp(message));
  },
);

describe("the budget", () => {
  test("is the given number", () => {
    expect(machineMemory("2 GiB").budget).toBe(2 * 2 ** 30);
    expect(machineMemory(123).budget).toBe(123);
  });

  test("else leaves a tenth of what the process could have", () => {
    const { budget, process: taken } = machineMemory(undefined);
    expect(taken).toBeGreaterThan(10 * MIB);
    expect(budget).toBeGreaterThan(0.9 * taken);
    expect(budget).toBeLessThan(0.95 * (taken + process.availableMemory()));
  });

  test("is refused where it is no amount", () => {
    expect(() => machineMemory("much")).toThrow(
      'memory: expected bytes, or a size such as "5 GiB", got "much"',
    );
  });
});
