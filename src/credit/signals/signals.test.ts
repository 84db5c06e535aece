import { describe, expect, test } from "vitest";
import { Rng } from "../../math/index.ts";
import {
  type AnySignal,
  askedParts,
  askedSignals,
  hasSignals,
  SIGNALS,
  type SignalRequest,
  signalCapabilities,
  signalRequest,
} from "./index.ts";
import { signalRequestSchema } from "./request-schema.ts";
import { type AttentionRows, fromParts, type HiddenStates, partAt } from "./signal.ts";

/** A prompt of text, two image tokens and text, and three tokens after it. */
function madeRows(): AttentionRows {
  const rng = new Rng(4);
  const [prompt, tokens] = [4, 3];
  const keys = prompt + tokens;
  const rows = new Float64Array(tokens * keys);
  for (let t = 0; t < tokens; t++) {
    const shares = Array.from({ length: prompt + t + 1 }, () => 0.1 + rng.uniform());
    const sum = shares.reduce((all, share) => all + share, 0);
    for (const [key, share] of shares.entries()) rows[t * keys + key] = share / sum;
  }
  return { rows, tokens, keys, kind: Uint8Array.of(1, 2, 2, 1, 1, 1, 1), first: prompt };
}

/** Three numbers a token, of the same prompt and completion, in two layers. */
function madeStates(): HiddenStates {
  const rng = new Rng(5);
  const { kind, keys, tokens, first } = madeRows();
  const layers = [0, 1].map(() => Float64Array.from({ length: keys * 3 }, () => rng.uniform(-1, 1)));
  return { layers, tokens, keys, kind, first };
}

const valueBy = (signal: AnySignal, request: object) =>
  signal.reads === "attention" ? signal.reduce(madeRows(), request) : signal.reduce(madeStates(), request);

const lengthOf = { T: 3, "T×T": 9, "T×I": 6, "T×R": 12 };

describe.each(SIGNALS)("$name", (signal) => {
  const requests = [
    signal.look,
    ...(signal.name === "attention" ? [{ row: "own", measure: "sharpness" } as const] : []),
  ];

  test("its record makes every part that a request yields, in the part's shape, and no other", () => {
    for (const request of requests) {
      const value = valueBy(signal, request);
      const asked = askedParts({ signal, request });
      for (const part of signal.parts) {
        const expected = asked.includes(part) ? lengthOf[part.shape] : undefined;
        expect(partAt(value, part.path)?.length, part.wire).toBe(expected);
      }
      const parts = asked.map(({ path }) => [path, partAt(value, path)!] as const);
      expect(fromParts(parts)).toEqual(value);
    }
  });

  test("a part that says so is symmetric", () => {
    const value = valueBy(signal, signal.look);
    for (const { path, symmetric } of signal.parts) {
      if (symmetric !== true) continue;
      const square = partAt(value, path)!;
      for (let s = 0; s < 3; s++) {
        for (let t = 0; t < 3; t++) expect(square[s * 3 + t]).toBe(square[t * 3 + s]);
      }
    }
  });

  test("its own request fits its schema, and one with more does not", () => {
    expect(signalRequestSchema.parse({ [signal.name]: signal.look })).toEqual({ [signal.name]: signal.look });
    expect(signalRequestSchema.safeParse({ [signal.name]: { ...signal.look, more: 1 } }).success).toBe(false);
    expect(signalRequestSchema.safeParse({ none: signal.look }).success).toBe(false);
  });
});

test("no two parts have one name on the wire", () => {
  const names = SIGNALS.flatMap(({ parts }) => parts.map(({ wire }) => wire));
  expect(new Set(names).size).toBe(names.length);
});

test("requests name capabilities, and are separated from a method's other needs", () => {
  const needs = { attention: { row: "own", measure: "sharpness" }, entropy: true } as const;
  expect(signalCapabilities(needs)).toEqual(["attention", "attention-measure"]);
  expect(signalRequest(needs)).toEqual({ attention: needs.attention });
  expect(signalRequest({})).toBeUndefined();
  expect(askedSignals({ imageRows: { row: "own" } }).map(({ signal }) => signal.name)).toEqual(["imageRows"]);
});

test("signals are whole only with every part that was asked for", () => {
  const [attention] = SIGNALS;
  const plain = { attention: valueBy(attention!, { row: "own" }) } as object;
  const request: SignalRequest = { attention: { row: "own" } };
  expect(hasSignals(plain, request)).toBe(true);
  expect(hasSignals(plain, { attention: { row: "own", measure: "divergence" } })).toBe(false);
  expect(hasSignals(undefined, request)).toBe(false);
});
