/**
 * @module
 * Signals as extra keys of answers, one tensor for each part: the same names in `loss_fn_outputs` of a forward pass and in
 * `signals` of a sampled sequence.
 */
import {
  askedParts,
  askedSignals,
  fromParts,
  type PartShape,
  partAt,
  SIGNALS,
  type SignalPart,
} from "../../credit/index.ts";
import { EngineError } from "../../errors/index.ts";
import type { SignalRequest, Signals } from "../engine.ts";
import { wholeGram } from "./packed-gram.ts";
import { fromWire, toTensor, type WireTensor, type WireTensors } from "./wire.ts";

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
 * @param isOptional whether signals may be missing, as in sampling
 * @throws EngineError when one that was asked for is missing or has another length
 */
export function signalsOf(
  tensors: WireTensors,
  request: SignalRequest | undefined,
  length: number,
  where: string,
  isOptional: boolean,
): Signals | undefined {
  const signals = askedSignals(request).flatMap((asked) => {
    const parts = askedParts(asked);
    if (isOptional && tensors[parts[0]!.wire] === undefined) return [];
    const read = parts.map((part) => [part.path, readPart(tensors[part.wire], part, length, where)] as const);
    return [[asked.signal.name, fromParts(read)] as const];
  });
  return signals.length === 0 ? undefined : Object.fromEntries(signals);
}

function readPart(
  tensor: WireTensor | undefined,
  { wire, shape, symmetric }: Omit<SignalPart<never>, "when">,
  length: number,
  where: string,
): Float64Array {
  if (tensor === undefined) throw new EngineError(`${where}: expected the signal ${wire}, got none`);
  const numbers = fromWire(tensor.data);
  const triangle = (length * (length + 1)) / 2;
  if (symmetric && numbers.length === triangle) return wholeGram(numbers, length);
  const isMultiple = length === 0 ? numbers.length === 0 : numbers.length % length === 0;
  const fits: Record<PartShape, boolean> = {
    T: numbers.length === length,
    "T×T": numbers.length === length ** 2,
    "T×I": isMultiple,
    "T×R": isMultiple,
  };
  if (!fits[shape]) {
    const multiple = `a multiple of ${length}`;
    const whole = { T: `${length}`, "T×T": `${length ** 2}`, "T×I": multiple, "T×R": multiple }[shape];
    throw new EngineError(
      `${where}: expected ${whole}${symmetric ? ` or ${triangle}` : ""} numbers of the signal ${wire}, got ${numbers.length}`,
    );
  }
  return symmetric ? wholeGram(numbers, length) : numbers;
}
