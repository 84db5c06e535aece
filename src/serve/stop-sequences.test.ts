import { describe, expect, test } from "vitest";
import { servedDigits, wholeFakeEngine } from "../testing/tinker-fixtures.ts";
import { cutAtStop, stopTexts, stopTokens } from "./stop-sequences.ts";

const served = servedDigits("digits", wholeFakeEngine);

describe("where completions end", () => {
  test("ids end them as they are, and a text of one token as its id; without any, the model's own do", () => {
    const [end] = served.dialogue.stopTokens;
    expect(stopTokens(served, [3, 4])).toEqual([3, 4]);
    expect(stopTokens(served, "<|im_end|>")).toEqual([end]);
    expect(stopTokens(served, undefined)).toEqual([end]);
    expect(stopTexts(served, ["<|im_end|>"])).toEqual([]);
  });

  test("a longer text ends them after the token that completes it", () => {
    const tokens = Int32Array.from(served.tokenizer.encode("see 12 and 34"));
    const numbers = Float64Array.from(tokens.keys());
    const completion = { tokens, logprobs: numbers, entropy: numbers, stopReason: "length" as const };
    expect(stopTokens(served, ["12 and"])).toEqual([...served.dialogue.stopTokens]);
    const cut = cutAtStop(served, completion, stopTexts(served, ["12 and"]));
    expect(served.dialogue.text(cut.tokens)).toBe("see 12 and");
    expect(cut).toMatchObject({ stopReason: "stop" });
    expect(cut.logprobs).toHaveLength(cut.tokens.length);
    expect(cutAtStop(served, completion, ["nowhere"])).toBe(completion);
  });
});
