/**
 * @module
 * Signals as extra keys of answers, one tensor for each part: the same names in `loss_fn_outputs` of a forward pass and in
 * `signals` of a sampled sequence.
 */
import { askedParts, askedSignals, fromParts, type PartShape, partAt, SIGNALS } from "../../credit/index.ts";
import { EngineError } from "../../errors/index.ts";
import type { SignalRequest, Signals } from "../engine.ts";
import { unpackedGram } from "./packed-gram.ts";
import { type AnswerTensor, fromWire, plainNumbers, toTensor, type WireTensor } from "./wire.ts";

type Tensors = Readonly<Record<string, AnswerTensor>>;

/** Signals as tensors by name. */
export function signalTensors(signals: Signals | undefined): Record<string, WireTensor> {
  const tensors: Record<string, WireTensor> = {};
  for (const { name, parts } of SIGNALS) {
    const length = partAt(signals?.[name], parts[0]!.path)?.length ?? 0;
    for (const { path, shape, wire } of parts) {
      const numbers = partAt(signals?.[name], path);
      if (numbers === undefined) continue;
      // The first part of a signal with pairs of tokens has a number a token.
      tensors[wire] = toTensor(numbers, "float32", shape === "T×T" ? [length, length] : [numbers.length]);
    }
  }
  return tensors;
}

/**
 * The signals among tensors, where they were asked for; undefined when none was.
 *
 * @param length tokens of the completion, T
 * @param isOptional whether those that are missing may be left out, as in sampling
 * @throws EngineError when one that was asked for is missing or has another length
 */
export function signalsOf(
  tensors: Tensors,
  request: SignalRequest | undefined,
  length: number,
  where: string,
  isOptional: boolean,
): Signals | undefined {
  const signals = askedSignals(request).flatMap((asked) => {
    const parts = askedParts(asked);
    if (isOptional && tensors[parts[0]!.wire] === undefined) return [];
    const read = parts.map(({ path, wire, shape, symmetric = false }) => {
      const packed = tensors[wire]?.data;
      const numbers =
        symmetric && typeof packed === "string"
          ? unpackedGram(packed, length, where)
          : readPart(tensors[wire], wire, shape, length, where);
      return [path, numbers] as const;
    });
    return [[asked.signal.name, fromParts(read)] as const];
  });
  return signals.length === 0 ? undefined : Object.fromEntries(signals);
}

function readPart(
  tensor: AnswerTensor | undefined,
  name: string,
  shape: PartShape,
  length: number,
  where: string,
): Float64Array {
  const numbers = plainNumbers(tensor);
  if (numbers === undefined) throw new EngineError(`${where}: expected the signal ${name}, got none`);
  const fits = {
    T: numbers.length === length,
    "T×T": numbers.length === length ** 2,
    "T×I": length === 0 ? numbers.length === 0 : numbers.length % length === 0,
  };
  if (!fits[shape]) {
    const expected = { T: `${length}`, "T×T": `${length ** 2}`, "T×I": `a multiple of ${length}` }[shape];
    throw new EngineError(
      `${where}: expected ${expected} numbers of the signal ${name}, got ${numbers.length}`,
    );
  }
  return fromWire(numbers);
}
