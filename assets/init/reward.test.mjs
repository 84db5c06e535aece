// Run it with: node --test
import assert from "node:assert/strict";
import { test } from "node:test";
import { brevity } from "./reward.mjs";

/** The scores of texts, with a limit of two words. */
const scores = (...texts) => brevity.create({ words: 2 })(texts.map((text) => ({ text })));

void test("a short completion has the whole reward, and one of twice as many words none", () => {
  assert.deepEqual(scores("", "one two", "one two three", "one two three four", "a b c d e f"), [1, 1, 0.5, 0, 0]);
});
