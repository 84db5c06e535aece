/**
 * @module
 * Reduces attention rows to DyCo-RL's signals (arXiv:2606.08035, Eqs. 2, 6 and 7) and AT-RL's (arXiv:2602.11455,
 * Eqs. 6 to 8) inside the graph, so that no row leaves it. Shifts leave as squared chords ‖√p_t − √p_{t−1}‖², from
 * which the angle is exact in single precision where an arccosine near 1 is not: v = 4·arcsin(½·chord).
 */
import {
  divide,
  expand,
  matmul,
  multiply,
  reshape,
  slice,
  squareRoot,
  subtract,
  sum,
  type Tensor,
} from "../../tensor/index.ts";

/** One modality's part of the signals. */
export interface ModalitySignals {
  /** `[B, T]` attention on the modality. */
  readonly mass: Tensor;
  /** `[B, T − 1]` squared chord between rows t − 1 and t; absent when T is 1. */
  readonly chord?: Tensor;
}

const SMALLEST_MASS = 1e-30;

/**
 * Signals of consecutive rows.
 *
 * @param rows `[B, T, S]` attention, each row summing to 1
 * @param support `[B, 1, S]` 1 at the modality's keys
 */
export function modalitySignals(rows: Tensor, support: Tensor): ModalitySignals {
  const [batch, length] = rows.shape as [number, number, number];
  const { mass, root } = conditionalRoot(rows, support);
  const flat = reshape(mass, [batch, length]);
  if (length === 1) {
    return { mass: flat };
  }
  const step = subtract(slice(root, 1, 1, length), slice(root, 1, 0, length - 1));
  const chord = sum(multiply(step, step), [2]);
  return { mass: flat, chord: reshape(chord, [batch, length - 1]) };
}

/** √p of each row's distribution within the modality, and its mass. Rows without mass become 0. */
function conditionalRoot(rows: Tensor, support: Tensor): { mass: Tensor; root: Tensor } {
  const { mass, share } = withinModality(rows, support);
  return { mass, root: squareRoot(share) };
}

/**
 * Each row's distribution within the modality. Rows without mass become 0.
 *
 * @param rows `[B, T, S]` attention
 * @param support `[B, 1, S]` 1 at the modality's keys
 * @returns mass `[B, T, 1]`, share `[B, T, S]`
 */
export function withinModality(rows: Tensor, support: Tensor): { mass: Tensor; share: Tensor } {
  const { graph } = rows;
  const within = multiply(rows, support);
  const mass = sum(within, [2]);
  const divisor = graph.single("Max", [mass, graph.scalar(SMALLEST_MASS)], mass.shape);
  return { mass, share: divide(within, divisor) };
}

/** AT-RL's part of the signals. */
export interface CalibratedSignals {
  /** `[B, T]` calibrated attention on image keys. */
  readonly connectivity: Tensor;
  /** `[B, T, T]` inner products of calibrated rows. */
  readonly gram: Tensor;
}

/**
 * Calibrates rows column by column, Ã = A·f, and reduces them: C_t = Σ_{j ∈ I_vis} Ã_tj and ⟨Ã_s, Ã_t⟩.
 *
 * @param rows `[B, T, S]` attention
 * @param visual `[B, 1, S]` 1 at image keys
 * @param factors `[B, 1, S]` one over the bias of each key; without them rows stay as they are
 */
export function calibratedSignals(
  rows: Tensor,
  visual: Tensor,
  factors: Tensor | undefined,
): CalibratedSignals {
  const [batch, length] = rows.shape as [number, number, number];
  const calibrated = factors === undefined ? rows : multiply(rows, factors);
  return {
    connectivity: reshape(matmul(calibrated, visual, { transposeB: true }), [batch, length]),
    gram: matmul(calibrated, calibrated, { transposeB: true }),
  };
}

/**
 * Supports of both modalities over prompt and completion keys.
 *
 * @param visual `[P, S_p]` 1 at image tokens
 * @param text `[P, S_p]` 1 at every other real token
 * @returns `[P·G, 1, S_p + T]` each
 */
export function keySupports(visual: Tensor, text: Tensor, groupSize: number, completionLength: number) {
  const [prompts, length] = visual.shape as [number, number];
  const { graph } = visual;
  const extend = (support: Tensor, value: number): Tensor => {
    const own = graph.constant(new Float32Array(completionLength).fill(value), [1, 1, completionLength]);
    const shape = (width: number) => [prompts, groupSize, width];
    const joined = graph.single(
      "Concat",
      [expand(reshape(support, [prompts, 1, length]), shape(length)), expand(own, shape(completionLength))],
      shape(length + completionLength),
      { attributes: { axis: 2n } },
    );
    return reshape(joined, [prompts * groupSize, 1, length + completionLength]);
  };
  return { visual: extend(visual, 0), text: extend(text, 1) };
}
