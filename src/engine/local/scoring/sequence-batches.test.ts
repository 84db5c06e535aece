import fc from "fast-check";
import { expect, test } from "vitest";
import type { PreparedPrompt } from "../prompts/prepared-prompt.ts";
import { type PreparedSequence, type SequenceBatch, sequenceBatches } from "./sequence-batches.ts";

const promptOf = (length: number): PreparedPrompt => ({
  tokens: new Int32Array(length),
  imageIndex: new Int32Array(length).fill(-1),
  positions: { components: [], next: length },
  images: [],
});

const sequence = (prompt: PreparedPrompt, length: number): PreparedSequence => ({
  prompt,
  completion: new Int32Array(length),
});

const tokensOf = ({ shape: { prompts, groupSize, promptLength, completionLength } }: SequenceBatch) =>
  prompts * (promptLength + groupSize * completionLength);

test("groups of one prompt are side by side, longest first, and shapes are rounded up", () => {
  const [a, b] = [promptOf(5), promptOf(11)];
  const sequences = [sequence(a, 3), sequence(b, 9), sequence(a, 7), sequence(b, 1)];
  const batches = sequenceBatches(sequences, 1000);
  expect(batches).toEqual([
    {
      shape: { prompts: 2, groupSize: 2, promptLength: 16, completionLength: 16 },
      prompts: [b, a],
      slots: Int32Array.of(1, 3, 2, 0),
    },
  ]);
});

test("a group above the limit is cut, empty completions are left out", () => {
  const prompt = promptOf(8);
  const sequences = Array.from({ length: 7 }, (_, i) => sequence(prompt, i));
  const batches = sequenceBatches(sequences, 8 + 4 * 8);
  expect(batches.map(({ slots }) => [...slots])).toEqual([
    [6, 5, 4, 3],
    [2, 1],
  ]);
  expect(sequenceBatches([sequence(prompt, 0)], 100)).toEqual([]);
});

test("every completion has one slot of its prompt's, in batches within the limit unless one sequence alone is longer", () => {
  const arbitrary = fc.record({
    prompts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
    members: fc.array(fc.tuple(fc.nat(5), fc.nat(30)), { maxLength: 40 }),
    maxTokens: fc.integer({ min: 1, max: 400 }),
  });
  fc.assert(
    fc.property(arbitrary, ({ prompts, members, maxTokens }) => {
      const prepared = prompts.map(promptOf);
      const sequences = members.map(([p, length]) => sequence(prepared[p % prepared.length]!, length));
      const seen: number[] = [];
      for (const batch of sequenceBatches(sequences, maxTokens)) {
        const { shape, slots } = batch;
        expect(slots).toHaveLength(shape.prompts * shape.groupSize);
        expect(tokensOf(batch) <= maxTokens || shape.prompts * shape.groupSize === 1).toBe(true);
        for (const [slot, index] of slots.entries()) {
          if (index >= 0) {
            const { prompt, completion } = sequences[index]!;
            seen.push(index);
            expect(batch.prompts[Math.floor(slot / shape.groupSize)]).toBe(prompt);
            expect(
              completion.length <= shape.completionLength && prompt.tokens.length <= shape.promptLength,
            ).toBe(true);
          }
        }
      }
      const expected = [...sequences.keys()].filter((i) => sequences[i]!.completion.length > 0);
      expect(seen.sort((a, b) => a - b)).toEqual(expected);
    }),
  );
});
