import { describe, expect, test } from "vitest";
import { SMALL_ASSETS } from "../../config/index.ts";
import type { Demonstration, DemonstrationSource } from "../../data/index.ts";
import { ConfigError, DataError } from "../../errors/index.ts";
import { openDialogue, RowTally } from "../../eval/index.ts";
import { openFakeEngine, steadyClock } from "../../testing/tiny-run.ts";
import type { RunEvent } from "../loop/events.ts";
import { batchFrom, heldOut, sequencesOf } from "./batches.ts";
import { type SftParts, sft } from "./sft.ts";

const dialogue = openDialogue(SMALL_ASSETS);
const image = { width: 28, height: 28, data: new Uint8Array(28 * 28 * 3) };

const demonstration = (index: number): Demonstration => ({
  problem: { id: `d${index}`, images: [image], question: "Which?", answers: ["3"], columns: {} },
  completion: "3".repeat(1 + (index % 4)),
});
const source = (size: number): DemonstrationSource => ({ fingerprint: `${size}`, size, demonstration });

async function eventsOf(parts: Partial<SftParts>): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  await sft({
    engine: openFakeEngine(),
    dialogue,
    demonstrations: source(20),
    clock: steadyClock(),
    observers: [{ event: (event) => void events.push(event) }],
    ...parts,
  });
  return events;
}

describe("a supervised warm start", () => {
  test("lowers the loss of held-out demonstrations, which are never learnt from", async () => {
    const schedule = {
      steps: 40,
      batchSize: 4,
      learningRate: 0.1,
      validationShare: 0.2,
      validateEvery: 20,
      reportEvery: 20,
    };
    const steps = (await eventsOf({ schedule })).filter((event) => event.event === "warm-start");
    const measured = steps.flatMap(({ iteration, validationLoss }) =>
      validationLoss === undefined ? [] : [{ iteration, validationLoss }],
    );
    expect(measured.map(({ iteration }) => iteration)).toEqual([1, 20, 40]);
    expect(measured[2]!.validationLoss).toBeLessThan(measured[0]!.validationLoss);
    const { validation, order, size } = heldOut(source(20), 0.2, 0);
    const learnt = Array.from({ length: 3 * size }, (_, position) => order(position));
    expect([validation.length, size, new Set(learnt).size]).toEqual([4, 16, 16]);
    expect(learnt.filter((index) => validation.includes(index))).toEqual([]);
  });

  test("warns once of demonstrations longer than what is sampled later", async () => {
    const schedule = { steps: 4, batchSize: 8 };
    const warnings = async (maxCompletionTokens: number) =>
      (await eventsOf({ schedule, maxCompletionTokens })).filter(({ event }) => event === "warning");
    // Four digits and the end of the turn.
    expect(await warnings(5)).toEqual([]);
    expect(await warnings(3)).toMatchObject([
      {
        message: expect.stringMatching(
          /^\d of 8 demonstrations .* sampling\.maxCompletionTokens \(3\), up to 5: /,
        ),
      },
    ]);
    const lessons = [
      { source: source(20), steps: 2 },
      {
        source: { ...source(1), demonstration: () => ({ ...demonstration(0), completion: "3" }) },
        share: 0.5,
      },
    ];
    expect(
      (await eventsOf({ schedule, demonstrations: lessons, maxCompletionTokens: 3 })).filter(
        ({ event }) => event === "warning",
      ),
    ).toEqual([]);
  });

  test("has the steps of its epochs", async () => {
    const events = await eventsOf({ schedule: { epochs: 2, batchSize: 5 } });
    expect(events.filter(({ event }) => event === "warm-start")).toHaveLength(8);
    const endless = { ...source(1), size: Infinity };
    await expect(eventsOf({ demonstrations: endless, schedule: { epochs: 1 } })).rejects.toThrow(ConfigError);
  });

  test("packs demonstrations into a step up to a number of tokens", async () => {
    const parts = heldOut(source(8), 0, 0);
    const settings = { batchSize: 1, batchTokens: 9 };
    let position = 0;
    for (let step = 0; step < 6; step++) {
      const tally = new RowTally(0, 8);
      const { sequences, next } = await batchFrom(dialogue, source(8), parts, settings, position, tally);
      const tokens = sequences.reduce((sum, { completion }) => sum + completion.length, 0);
      expect(tokens).toBeLessThanOrEqual(9);
      expect(sequences.length).toBeGreaterThan(0);
      const following = sequencesOf(dialogue, demonstration(parts.order(next)));
      expect(tokens + following[0]!.completion.length).toBeGreaterThan(9);
      position = next;
    }
  });

  test("leaves out rows that cannot be read, names them, and stops past their share", async () => {
    const broken = {
      ...source(8),
      demonstration: async (index: number) => {
        if (index === 3) throw new DataError("rows.jsonl line 4: no image");
        return demonstration(index);
      },
    };
    const parts = { demonstrations: broken, schedule: { epochs: 1, batchSize: 2 } };
    const events = await eventsOf({ ...parts, maxBrokenShare: 0.05 });
    const named = events.filter(({ event }) => event === "broken-row");
    expect(named[0]).toMatchObject({ index: 3, message: "rows.jsonl line 4: no image" });
    expect(named.length).toBeLessThanOrEqual(2);
    expect(events.filter(({ event }) => event === "warm-start")).toHaveLength(4);
    await expect(eventsOf(parts)).rejects.toThrow(/rows are broken.*\(maxBrokenShare\)[\s\S]*no image/);
    await expect(eventsOf({ ...parts, record: { config: {} } })).rejects.toThrow("(data.maxBrokenShare)");
  });

  test("without demonstrations to learn from is refused", async () => {
    await expect(eventsOf({ demonstrations: source(0) })).rejects.toThrow("expected at least one");
    const lessons = [
      { source: source(20), steps: 1 },
      { source: source(1), steps: 1 },
      { source: source(20) },
    ];
    const schedule = { steps: 4, validationShare: 0.2 };
    const run = eventsOf({ demonstrations: lessons, schedule });
    await expect(run).rejects.toThrow("expected at least one to train on, got none (lesson 2)");
  });

  test("is refused where the warmup is longer than its steps, or a lesson's", async () => {
    const schedule = { steps: 4, batchSize: 2, warmup: 3 };
    expect((await eventsOf({ schedule })).at(-1)).toMatchObject({ event: "warm-start", iteration: 4 });
    await expect(eventsOf({ schedule: { ...schedule, warmup: 5 } })).rejects.toThrow(
      "sft.warmup: expected at most sft.steps (4), got 5",
    );
    await expect(eventsOf({ schedule: { epochs: 1, batchSize: 5, warmup: 5 } })).rejects.toThrow(
      "(4), got 5",
    );
    const lessons = [{ source: source(20), steps: 3 }, { source: source(20) }];
    await expect(eventsOf({ schedule, demonstrations: lessons })).rejects.toThrow(
      "sft.warmup: expected at most the steps of lesson 2 (1), got 3",
    );
  });
});

test("each turn of a conversation is imitated after all turns before it", () => {
  const later = [
    { question: "And this? <image>", images: [{ ...image, width: 56 }], completion: "4" },
    { question: "Their sum?", images: [], completion: "7" },
  ];
  const sequences = sequencesOf(dialogue, { ...demonstration(0), later });
  const words = sequences.map(({ prompt: { chunks }, completion }) => [
    chunks.map((chunk) => (chunk.kind === "text" ? dialogue.text(chunk.tokens) : `[${chunk.kind}]`)).join(""),
    dialogue.text(completion),
  ]);
  expect(words.map(([, completion]) => completion)).toEqual(["3", "4", "7"]);
  expect(words[0]![0]).toMatch(/user\n\[image\]Which\?\nassistant\n$/);
  expect(words[2]![0]).toMatch(
    /user\n\[image\]Which\?\nassistant\n3\nuser\nAnd this\? \[image\]\nassistant\n4\nuser\nTheir sum\?\nassistant\n$/,
  );
});
