import { describe, expect, test } from "vitest";
import { askedParts, fromParts, SIGNALS, type SignalRequest } from "../../credit/index.ts";
import { Rng } from "../../math/index.ts";
import type { Signals } from "../engine.ts";
import { fromWire, jsonText } from "./wire.ts";
import { signalsOf, signalTensors } from "./wire-signals.ts";

const T = 4;
const lengthOf = { T, "T×T": T * T, "T×I": T * 5, "T×R": 4 * T };
const REQUESTS: readonly SignalRequest[] = [
  Object.fromEntries(SIGNALS.map(({ name, look }) => [name, look])),
  ...SIGNALS.map(({ name, look }) => ({ [name]: look })),
  { attention: { row: "own", measure: "sharpness" } },
];

function made(request: SignalRequest): Signals {
  const rng = new Rng(2);
  return Object.fromEntries(
    SIGNALS.flatMap((signal) => {
      const own: object | undefined = request[signal.name];
      if (own === undefined) return [];
      const parts = askedParts({ signal, request: own }).map(
        ({ path, shape }) =>
          [path, Float64Array.from({ length: lengthOf[shape] }, () => rng.uniform())] as const,
      );
      return [[signal.name, fromParts(parts)]];
    }),
  );
}

describe.each(REQUESTS)("%o", (request) => {
  test("comes back from the wire as it went", () => {
    const signals = made(request);
    const tensors: unknown = JSON.parse(jsonText(signalTensors(signals)));
    expect(signalsOf(tensors as never, request, T, "forward", false)).toEqual(signals);
  });

  test("is missed by its name where it was asked for, and may be missing in sampling", () => {
    expect(() => signalsOf({}, request, T, "forward", false)).toThrow(/^forward: expected the signal /);
    expect(signalsOf({}, request, T, "sample", true)).toBeUndefined();
  });

  test("of another length is refused", () => {
    const tensors = signalTensors(made(request));
    const short = Object.fromEntries(
      Object.entries(tensors).map(([name, tensor]) => [
        name,
        { ...tensor, data: Float64Array.from(fromWire(tensor.data)).slice(1) },
      ]),
    );
    expect(() => signalsOf(short, request, T, "forward", false)).toThrow(
      /numbers of the signal .*, got \d+$/,
    );
  });
});
