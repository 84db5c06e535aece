import { expect, test } from "vitest";
import type { Prompt } from "../engine.ts";
import { KeptPrompts } from "./kept-prompts.ts";

const text = (): Prompt => ({ chunks: [{ kind: "text", tokens: [1] }] });
const picture = (side: number): Prompt => ({
  chunks: [{ kind: "image", image: { width: side, height: side, data: new Uint8Array(side * side * 3) } }],
});

test("the prompts that were not used for longest are dropped beyond the number", () => {
  const kept = new KeptPrompts({ prompts: 2, pixelBytes: 1000 });
  const prompts = [text(), text(), text()];
  expect(prompts.map((prompt) => kept.use(prompt))).toEqual([0, 1, 2].map((id) => ({ id, isNew: true })));
  expect(kept.use(prompts[0]!)).toEqual({ id: 0, isNew: false });
  expect(kept.dropIdle(new Set())).toEqual([1]);
  expect(kept.use(prompts[1]!)).toEqual({ id: 3, isNew: true });
});

test("and beyond the pixels, which text has none of; prompts in use stay", () => {
  const kept = new KeptPrompts({ prompts: 100, pixelBytes: 1000 });
  const [a, b, c] = [picture(10), picture(15), picture(5)];
  for (const prompt of [a, text(), b, c]) kept.use(prompt);
  // 300 + 675 + 75 bytes: the oldest goes, and with it the bound holds.
  expect(kept.dropIdle(new Set())).toEqual([0]);
  kept.use(a);
  expect(kept.dropIdle(new Set([2, 3, 4]))).toEqual([1]);
  expect(kept.dropIdle(new Set())).toEqual([2]);
});
