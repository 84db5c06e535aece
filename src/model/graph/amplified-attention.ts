/**
 * @module
 * Amplifies attention of chosen rows toward chosen keys, DyCo-RL's intervention (arXiv:2606.08035, Eq. 5).
 * Adding ln(1 + λ) to scores scales probabilities by 1 + λ and divides them by their new sum, so an intervention is
 * one more mask.
 */
import { add, multiply, type Tensor } from "../../tensor/index.ts";
import type { TextConfig } from "../config.ts";
import type { BatchInputs } from "./batch-layer.ts";

/** Masks of the amplified layers: those before the last, and the last, whose prompts have one row. */
export interface AmplifiedInputs {
  readonly inner: BatchInputs;
  readonly last: BatchInputs;
}

/**
 * Declares the inputs. For the completions: `amplifiedRows` `[P·G, 1, T, 1]`, ln(1 + λ) at amplified rows, and
 * `amplifiedKeys` `[P·G, 1, 1, S_p + T]`, 1 at the keys toward which they are amplified. For the prompts' last rows
 * the same: `amplifiedLastRows` `[P, 1, 1, 1]` and `amplifiedPromptKeys` `[P, 1, 1, S_p]`. For the heads:
 * `amplifiedHeads` `[1, H, 1, 1]`, 1 at amplified heads.
 */
export function amplifiedInputs(inputs: BatchInputs, text: TextConfig): AmplifiedInputs {
  const { batch, masks, completionMask } = inputs;
  const { prompts, groupSize, promptLength, completionLength } = batch;
  const { graph } = completionMask;
  const completions = prompts * groupSize;
  const heads = graph.input("amplifiedHeads", [1, text.heads, 1, 1]);
  const over = (rows: Tensor, keys: Tensor) => multiply(rows, multiply(heads, keys));
  const completion = over(
    graph.input("amplifiedRows", [completions, 1, completionLength, 1]),
    graph.input("amplifiedKeys", [completions, 1, 1, promptLength + completionLength]),
  );
  const lastRow = over(
    graph.input("amplifiedLastRows", [prompts, 1, 1, 1]),
    graph.input("amplifiedPromptKeys", [prompts, 1, 1, promptLength]),
  );
  const isLast = new Float32Array(promptLength);
  isLast[promptLength - 1] = 1;
  const allRows = multiply(lastRow, graph.constant(isLast, [1, 1, promptLength, 1]));
  const amplified = {
    ...inputs,
    completionMask: add(completionMask, completion),
  };
  return {
    inner: { ...amplified, masks: { ...masks, causal: add(masks.causal, allRows) } },
    last: { ...amplified, masks: { ...masks, padding: add(masks.padding, lastRow) } },
  };
}
