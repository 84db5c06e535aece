/**
 * @module
 * Checks of a batch before any arithmetic. Messages name the completion, because a batch has many.
 */
import { ConfigError, NumericError, ShapeError } from "../errors/index.ts";
import type { Algorithm } from "./algorithm.ts";
import type { ObjectiveCompletion, ObjectiveGroup } from "./types.ts";

/**
 * Fails unless every array fits its completion, every counted number is finite, and the batch has what the algorithm
 * needs.
 *
 * @throws ShapeError, NumericError, ConfigError
 */
export function checkGroups(groups: readonly ObjectiveGroup[], algorithm: Algorithm): void {
  groups.forEach(({ rewards, completions }, g) => {
    if (rewards.length !== completions.length) {
      const got = `got ${rewards.length} for ${completions.length} completions`;
      throw new ShapeError(`rewards: expected one per completion, ${got} (group ${g})`);
    }
    completions.forEach((completion, i) => {
      const where = `completion ${i} of group ${g}`;
      checkMask(completion, where);
      for (const name of ["logprobs", "oldLogprobs", "refLogprobs", "weights"] as const) {
        const values = completion[name];
        if (values !== undefined) checkFinite(name, values, completion.mask, where);
      }
      if (algorithm.klCoefficient !== 0 && completion.refLogprobs === undefined) {
        throw new ConfigError(
          `algorithm.klCoefficient: ${algorithm.klCoefficient} needs refLogprobs, got none (${where})`,
        );
      }
      if (!algorithm.ratioLevel.keepsTokenCredit) checkConstantWeights(completion, where);
    });
  });
}

function checkMask({ mask, logprobs }: ObjectiveCompletion, where: string): void {
  if (mask.length !== logprobs.length) {
    throw new ShapeError(`mask: expected shape [${logprobs.length}], got [${mask.length}] (${where})`);
  }
  for (let t = 0; t < mask.length; t++) {
    if (mask[t] !== 0 && mask[t] !== 1) {
      throw new NumericError(`mask[${t}]: expected 0 or 1, got ${mask[t]} (${where})`);
    }
  }
}

function checkFinite(name: string, values: ArrayLike<number>, mask: ArrayLike<number>, where: string): void {
  if (values.length !== mask.length) {
    throw new ShapeError(`${name}: expected shape [${mask.length}], got [${values.length}] (${where})`);
  }
  for (let t = 0; t < mask.length; t++) {
    if (mask[t] === 1 && !Number.isFinite(values[t])) {
      throw new NumericError(`${name}[${t}]: expected a finite number, got ${values[t]} (${where})`);
    }
  }
}

function checkConstantWeights({ mask, weights }: ObjectiveCompletion, where: string): void {
  if (!weights) return;
  const counted = Array.from(weights).filter((_, t) => mask[t] === 1);
  if (counted.some((weight) => weight !== counted[0])) {
    throw new ConfigError(
      "algorithm: the sequence-level ratio gives every token of a completion the same gradient, so token weights " +
        `would act only through their mean; use form "token" with a credit method (${where})`,
    );
  }
}
