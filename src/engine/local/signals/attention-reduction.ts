/**
 * @module
 * From attention rows to DyCo-RL's signals while decoding, one row at a time; and the angle behind both ways of
 * computing a shift.
 */
import type { AttentionSignals } from "../../engine.ts";

/**
 * Fisher-Rao distance from a squared chord: v = 4·arcsin(½·‖√p − √q‖), in [0, π].
 *
 * @param chord ‖√p − √q‖² of two distributions, in [0, 2]
 */
export function shiftFromChord(chord: number): number {
  return Math.min(Math.PI, 4 * Math.asin(Math.min(Math.SQRT1_2, 0.5 * Math.sqrt(Math.max(0, chord)))));
}

/** Signals from masses and squared chords; a shift is 0 where either row has no mass in the modality. */
export function attentionSignals(
  visual: { readonly mass: ArrayLike<number>; readonly chord: ArrayLike<number> },
  text: { readonly mass: ArrayLike<number>; readonly chord: ArrayLike<number> },
): AttentionSignals {
  return {
    visualMass: Float64Array.from(visual.mass),
    textMass: Float64Array.from(text.mass),
    visualShift: shifts(visual.mass, visual.chord),
    textShift: shifts(text.mass, text.chord),
  };
}

function shifts(mass: ArrayLike<number>, chord: ArrayLike<number>): Float64Array {
  const result = new Float64Array(mass.length);
  for (let t = 1; t < result.length; t++) {
    result[t] = mass[t - 1]! > 0 && mass[t]! > 0 ? shiftFromChord(chord[t - 1]!) : 0;
  }
  return result;
}

/** Collects one completion's rows as they are decoded. Only the last row is kept. */
export class RowReducer {
  readonly #supports: {
    readonly visual: Float32Array;
    readonly promptLength: number;
    readonly offset: number;
  };
  readonly #visual = { mass: [] as number[], chord: [] as number[] };
  readonly #text = { mass: [] as number[], chord: [] as number[] };
  /** √a of the previous row, by key: prompt slots, then completion tokens. */
  #root: Float64Array;

  /**
   * @param visual `[P · S_p]` 1 at image keys, of a batch of prompts
   * @param prompt this completion's prompt within the batch
   */
  constructor(visual: Float32Array, promptLength: number, prompt: number, maxCompletionTokens: number) {
    this.#supports = { visual, promptLength, offset: prompt * promptLength };
    this.#root = new Float64Array(promptLength + maxCompletionTokens + 1);
  }

  /** Completion tokens whose rows have arrived. */
  get length(): number {
    return this.#visual.mass.length;
  }

  /**
   * The next row.
   *
   * @param row attention on the prompt's slots (padding has 0), on a cache of slots, and on the query's own key
   * @param start where the row begins
   * @param cached completion tokens in the cache: its first slots
   * @param own index of the query's own key in the row; −1 when the row has none, as the prompt's last has not
   */
  push(row: Float32Array, start: number, cached: number, own: number): void {
    const { visual, promptLength, offset } = this.#supports;
    const root = this.#root;
    let visualMass = 0;
    let visualCross = 0;
    let textMass = 0;
    let textCross = 0;
    for (let key = 0; key < promptLength; key++) {
      const isVisual = visual[offset + key]!;
      const attention = row[start + key]!;
      const next = Math.sqrt(attention);
      const cross = next * root[key]!;
      root[key] = next;
      visualMass += isVisual * attention;
      visualCross += isVisual * cross;
      textMass += (1 - isVisual) * attention;
      textCross += (1 - isVisual) * cross;
    }
    const end = promptLength + cached;
    for (let key = promptLength; key < end; key++) {
      const attention = row[start + key]!;
      const next = Math.sqrt(attention);
      textMass += attention;
      textCross += next * root[key]!;
      root[key] = next;
    }
    if (own >= 0) {
      // The row before had nothing at this key: no cross term.
      const attention = row[start + own]!;
      textMass += attention;
      root[end] = Math.sqrt(attention);
    }
    append(this.#visual, visualMass, visualCross);
    append(this.#text, textMass, textCross);
  }

  /** The signals of all rows. */
  finish(): AttentionSignals {
    return attentionSignals(this.#visual, this.#text);
  }
}

/** Chord from Σ √(a_{t−1} a_t): ‖√p − √q‖² = 2 − 2·Σ √(a b) / √(m_a m_b). In double precision the difference is exact enough. */
function append(modality: { mass: number[]; chord: number[] }, mass: number, cross: number): void {
  const previous = modality.mass.at(-1);
  if (previous !== undefined) {
    const norm = Math.sqrt(previous * mass);
    modality.chord.push(norm > 0 ? 2 - (2 * cross) / norm : 2);
  }
  modality.mass.push(mass);
}
