import { describe, expect, test } from "vitest";
import type { Completion } from "../engine/index.ts";
import { servedDigits, wholeFakeEngine } from "../testing/tinker-fixtures.ts";
import { requestedStops, StopWatch, stopsOf } from "./stops.ts";

const served = servedDigits("digits", wholeFakeEngine);
const [end] = served.dialogue.stopTokens;
const whole = served.tokenizer.encode("see 12 and 34");

/** A completion of these tokens whose numbers are their places. */
function completionOf(tokens: readonly number[], signals?: Completion["signals"]): Completion {
  const numbers = Float64Array.from(tokens.keys());
  return {
    tokens: Int32Array.from(tokens),
    logprobs: numbers,
    entropy: numbers,
    stopReason: "length",
    ...(signals && { signals }),
  };
}

/** A completion as it ends, and the tokens that were sampled until it did. */
function watched(texts: readonly string[], tokens: readonly number[], signals?: Completion["signals"]) {
  const stopping = new StopWatch(served, texts, 1);
  let drawn = 0;
  for (const token of tokens) {
    drawn += 1;
    if (!stopping.take({ prompt: 0, place: 0, token, logprob: 0 })) break;
  }
  const completion = completionOf(tokens, signals);
  return { drawn, cut: stopping.cut(completion, 0), completion };
}

describe("the ends of a completion", () => {
  test("are ids, special tokens by their ids, and texts of any number of tokens", () => {
    expect(stopsOf(served, [3, 4])).toEqual({ ids: [3, 4], texts: [] });
    expect(stopsOf(served, ["<|im_end|>", "1", "12 and"])).toEqual({ ids: [end], texts: ["1", "12 and"] });
  });

  test("are the model's own without any and beside texts; ids replace them, and an empty list stops nothing", () => {
    expect(requestedStops(served, undefined)).toEqual({ ids: [end], texts: [] });
    expect(requestedStops(served, null)).toEqual({ ids: [end], texts: [] });
    expect(requestedStops(served, [])).toEqual({ ids: [], texts: [] });
    expect(requestedStops(served, [7])).toEqual({ ids: [7], texts: [] });
    for (const text of ["t", "tz"]) {
      expect(requestedStops(served, text)).toEqual({ ids: [end], texts: [text] });
      expect(requestedStops(served, [text])).toEqual({ ids: [end], texts: [text] });
    }
  });

  test.each([[""], [[""]], [["a", ""]]])("are no empty text: %o", (stop) => {
    expect(() => requestedStops(served, stop)).toThrow(
      'sampling_params.stop: expected texts of at least one character, got ""',
    );
  });
});

describe("a stop text", () => {
  test("ends a completion at the token that completes it, and what was sampled after it is cut off", () => {
    const { drawn, cut } = watched(["12 and"], whole);
    expect(served.dialogue.text(cut.tokens)).toBe("see 12 and");
    expect(cut.stopReason).toBe("stop");
    expect([cut.tokens.length, cut.logprobs.length, cut.entropy.length]).toEqual([drawn, drawn, drawn]);
    expect(drawn).toBeLessThan(whole.length);
  });

  test("that is a single token ends a completion within longer tokens too", () => {
    const [h] = served.tokenizer.encode("h");
    const tokens = served.tokenizer.encode("the set");
    expect(tokens).not.toContain(h);
    const { drawn, cut } = watched(["h"], tokens);
    expect(served.dialogue.text(cut.tokens)).toBe("th");
    expect(drawn).toBe(1);
  });

  test("that does not come leaves the completion as it is", () => {
    const { cut, completion, drawn } = watched(["nowhere"], whole);
    expect(cut).toBe(completion);
    expect(drawn).toBe(whole.length);
  });

  test("cuts signals of single tokens; signals of several tokens are left to scoring", () => {
    const { length } = whole;
    const numbers = Float64Array.from(whole.keys());
    const calibrated = { connectivity: numbers, gram: new Float64Array(length ** 2) };
    const signals = {
      attention: { visualMass: numbers, textMass: numbers, visualShift: numbers, textShift: numbers },
      imageRows: Float64Array.from({ length: length * 3 }, (_, i) => i),
      hiddenCosine: numbers,
    };
    const { cut, drawn } = watched(["12 and"], whole, { ...signals, calibrated });
    const first = numbers.slice(0, drawn);
    expect(cut.signals).toEqual({
      attention: { visualMass: first, textMass: first, visualShift: first, textShift: first },
      imageRows: signals.imageRows.slice(0, drawn * 3),
      hiddenCosine: first,
    });
    expect(watched(["12 and"], whole, { calibrated }).cut).not.toHaveProperty("signals");
  });
});
