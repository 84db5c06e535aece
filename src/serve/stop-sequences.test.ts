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

  test("the end of a long completion is found with few decodings, and is the first", () => {
    let decodings = 0;
    const counting = {
      ...served,
      dialogue: {
        ...served.dialogue,
        text: (ids: ArrayLike<number>) => {
          decodings += 1;
          return served.dialogue.text(Int32Array.from(ids));
        },
      },
    };
    const words = Array.from({ length: 1000 }, (_, i) =>
      i === 700 || i === 900 ? "12 and" : "see 34 ",
    ).join("");
    const tokens = Int32Array.from(served.tokenizer.encode(words));
    const numbers = Float64Array.from(tokens.keys());
    const completion = { tokens, logprobs: numbers, entropy: numbers, stopReason: "length" as const };
    const cut = cutAtStop(counting, completion, ["12 and"]);
    expect(served.dialogue.text(cut.tokens)).toBe(words.slice(0, words.indexOf("12 and") + "12 and".length));
    expect(decodings).toBeLessThan(20);
  });

  test("signals of single tokens are cut with them; signals of several tokens are left to scoring", () => {
    const tokens = Int32Array.from(served.tokenizer.encode("see 12 and 34"));
    const { length } = tokens;
    const numbers = Float64Array.from(tokens.keys());
    const calibrated = { connectivity: numbers, gram: new Float64Array(length ** 2) };
    const signals = {
      attention: { visualMass: numbers, textMass: numbers, visualShift: numbers, textShift: numbers },
      imageRows: Float64Array.from({ length: length * 3 }, (_, i) => i),
      hiddenCosine: numbers,
    };
    const completion = { tokens, logprobs: numbers, entropy: numbers, stopReason: "length" as const };
    const cut = cutAtStop(served, { ...completion, signals: { ...signals, calibrated } }, ["12 and"]);
    const kept = cut.tokens.length;
    expect(kept).toBeLessThan(length);
    const first = numbers.slice(0, kept);
    expect(cut.signals).toEqual({
      attention: { visualMass: first, textMass: first, visualShift: first, textShift: first },
      imageRows: signals.imageRows.slice(0, kept * 3),
      hiddenCosine: first,
    });
    expect(cutAtStop(served, { ...completion, signals: { calibrated } }, ["12 and"])).not.toHaveProperty(
      "signals",
    );
  });
});
