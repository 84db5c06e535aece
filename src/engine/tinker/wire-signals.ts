/**
 * @module
 * Signals of attention as extra keys of answers, one tensor each: the same names in `loss_fn_outputs` of a forward pass
 * and in `signals` of a sampled sequence.
 */
import type { AttentionSignals } from "../../credit/index.ts";
import { EngineError } from "../../errors/index.ts";
import type { SignalRequest, Signals } from "../engine.ts";
import { wholeGram } from "./packed-gram.ts";
import { fromWire, toTensor, type WireTensor } from "./wire.ts";

type Tensors = Readonly<Record<string, WireTensor>>;

const ATTENTION = {
  visualMass: "visual_mass",
  textMass: "text_mass",
  visualShift: "visual_shift",
  textShift: "text_shift",
} as const;
const MEASURES = ["sharpness", "divergence"] as const;

/** Signals as tensors by name. */
export function signalTensors(signals: Signals | undefined): Record<string, WireTensor> {
  const tensors: Record<string, WireTensor> = {};
  const { attention, calibrated } = signals ?? {};
  if (attention !== undefined) {
    for (const [own, name] of Object.entries(ATTENTION)) {
      tensors[name] = toTensor(attention[own as keyof typeof ATTENTION]);
    }
    for (const measure of MEASURES) {
      const both = attention[measure];
      if (both === undefined) continue;
      tensors[`visual_${measure}`] = toTensor(both.visual);
      tensors[`text_${measure}`] = toTensor(both.text);
    }
  }
  if (calibrated !== undefined) {
    const { connectivity, gram } = calibrated;
    tensors["connectivity"] = toTensor(connectivity);
    tensors["gram"] = toTensor(gram, "float32", [connectivity.length, connectivity.length]);
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
  const has = (name: string) => tensors[name] !== undefined;
  const read = (name: string, ...sizes: readonly number[]): Float64Array => {
    const numbers = tensors[name]?.data;
    const expected = sizes.length === 0 ? [length] : sizes;
    if (numbers === undefined) throw new EngineError(`${where}: expected the signal ${name}, got none`);
    if (!expected.includes(numbers.length)) {
      throw new EngineError(
        `${where}: expected ${expected.join(" or ")} numbers of the signal ${name}, got ${numbers.length}`,
      );
    }
    return fromWire(numbers);
  };
  const readGram = (): Float64Array => {
    const [matrix, triangle] = [length ** 2, (length * (length + 1)) / 2];
    const numbers = read("gram", matrix, triangle);
    return numbers.length === matrix ? numbers : wholeGram(numbers, length);
  };
  const { attention, calibrated } = request ?? {};
  const signals = {
    ...(attention &&
      (!isOptional || has(ATTENTION.visualMass)) && {
        attention: {
          visualMass: read(ATTENTION.visualMass),
          textMass: read(ATTENTION.textMass),
          visualShift: read(ATTENTION.visualShift),
          textShift: read(ATTENTION.textShift),
          ...(attention.measure && {
            [attention.measure]: {
              visual: read(`visual_${attention.measure}`),
              text: read(`text_${attention.measure}`),
            },
          }),
        } satisfies AttentionSignals,
      }),
    ...(calibrated &&
      (!isOptional || has("connectivity")) && {
        calibrated: { connectivity: read("connectivity"), gram: readGram() },
      }),
  };
  return Object.keys(signals).length === 0 ? undefined : signals;
}
