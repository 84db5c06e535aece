/**
 * @module
 * Checks of a batch before any arithmetic. Messages name the completion, because a batch has many.
 */
import { ConfigError, NumericError, ShapeError } from "../errors/index.ts";
import { requireObject, requireObjects } from "../math/check.ts";
import { isScorable, requireArray } from "../math/index.ts";
import type { Algorithm } from "./algorithm.ts";
import { isCompared } from "./compared-advantages.ts";
import { comparesOutcomes } from "./needs.ts";
import type { PerceptionTerm } from "./perception.ts";
import type { ObjectiveCompletion, ObjectiveGroup } from "./types.ts";
import type { ViewTerm } from "./view-term.ts";

/**
 * Throws unless groups are lists of rewards and completions.
 *
 * @throws ShapeError
 */
export function requireGroups(groups: readonly ObjectiveGroup[]): void {
  requireObjects("groups", groups);
  for (const [g, { rewards, completions }] of groups.entries()) {
    requireArray(`groups[${g}].rewards`, rewards);
    requireObjects(`groups[${g}].completions`, completions);
  }
}

/**
 * Throws unless every array fits its completion, every counted number is finite, and the batch has the inputs that the
 * algorithm needs.
 *
 * @throws ShapeError, NumericError, ConfigError
 */
export function checkGroups(groups: readonly ObjectiveGroup[], algorithm: Algorithm): void {
  const needsReference = algorithm.unit === "pair" || algorithm.kl.coefficient !== 0;
  const keepsTokenCredit = algorithm.unit === "pair" || algorithm.ratioLevel.keepsTokenCredit;
  const needsSampler = algorithm.unit === "token" && algorithm.correction !== undefined;
  const wantsValues = valuesWanted(groups, algorithm);
  const views = groups.flatMap(({ completions }) => completions).find(({ viewTerm }) => viewTerm)
    ?.viewTerm?.views;
  const known = groups.filter((group) => group.known != null).length;
  if (known !== 0 && known !== groups.length) {
    throw new ShapeError(
      `known: expected advantages of every group or of none, got ${known} of ${groups.length}`,
    );
  }
  groups.forEach((group, g) => {
    const { rewards, completions } = group;
    checkComparisons(group, algorithm, g);
    checkKnown(group, g);
    if (rewards.length !== completions.length) {
      const got = `got ${rewards.length} for ${completions.length} completions`;
      throw new ShapeError(`rewards: expected one per completion, ${got} (group ${g})`);
    }
    completions.forEach((completion, i) => {
      const where = `completion ${i} of group ${g}`;
      checkMask(completion, where);
      const reward = rewards[i];
      if (isScorable(reward) && !Number.isFinite(reward)) {
        throw new NumericError(
          `rewards[${i}]: expected a finite number, null or NaN, got ${reward} (${where})`,
        );
      }
      for (const name of arrays) {
        const values = completion[name];
        if (values !== undefined) checkFinite(name, values, completion.mask, where);
      }
      if (needsReference && completion.refLogprobs === undefined) {
        throw new ConfigError(`${referenceReason(algorithm)} needs refLogprobs, got none (${where})`);
      }
      if (needsSampler && completion.samplerLogprobs === undefined) {
        throw new ConfigError(`algorithm.samplerCorrection needs samplerLogprobs, got none (${where})`);
      }
      if (wantsValues && completion.values === undefined) {
        throw new ConfigError(
          "algorithm.kind: ppo with a value head needs the values of every completion, got none; " +
            `baseline "group" does without (${where})`,
        );
      }
      if (completion.perception != null) {
        checkPerception(completion.perception, completion.mask, algorithm, where);
      }
      if (completion.viewTerm != null) {
        checkViewTerm(completion.viewTerm, views?.length ?? 0, completion.mask, algorithm, where);
      }
      if (algorithm.unit === "pair" && completion.advantageBonus) {
        throw new ConfigError(`algorithm.kind: dpo compares pairs and has no advantage to add to (${where})`);
      }
      if (!keepsTokenCredit) checkConstantWeights(completion, where);
    });
  });
}

/** Comparisons beside the rewards need advantages of outcomes, with nothing taken off at tokens. */
function checkComparisons(group: ObjectiveGroup, algorithm: Algorithm, g: number): void {
  const { parts = [], others = [], completions, isWhitened } = group;
  requireObjects(`groups[${g}].parts`, parts);
  requireArray(`groups[${g}].others`, others);
  if (!isCompared(group) && !isWhitened) return;
  if (!comparesOutcomes(algorithm)) {
    throw new ConfigError(
      `algorithm.kind "${algorithm.name ?? "own"}": rewards that are normalised apart, whitened or shared between groups need ` +
        `advantages of outcomes, without a value head, pairs or a KL in the reward (group ${g})`,
    );
  }
  for (const [k, { coefficient, rewards }] of parts.entries()) {
    if (!Number.isFinite(coefficient)) {
      const expected = `parts[${k}].coefficient: expected a finite number`;
      throw new NumericError(`${expected}, got ${coefficient} (group ${g})`);
    }
    requireArray(`groups[${g}].parts[${k}].rewards`, rewards);
    if (rewards.length === completions.length) continue;
    throw new ShapeError(
      `parts[${k}]: expected ${completions.length} rewards, got ${rewards.length} (group ${g})`,
    );
  }
  const numbers = [...parts.flatMap(({ rewards }) => Array.from(rewards)), ...Array.from(others)];
  const wrong = numbers.find((number) => isScorable(number) && !Number.isFinite(number));
  if (wrong !== undefined) {
    throw new NumericError(
      `rewards compared with: expected finite numbers or null, got ${wrong} (group ${g})`,
    );
  }
}

/** Known advantages and returns have the shape of their group; a token without a return has NaN. */
function checkKnown({ known, completions }: ObjectiveGroup, g: number): void {
  if (known == null) return;
  requireObject(`groups[${g}].known`, known);
  requireArray(`groups[${g}].known.advantages`, known.advantages);
  for (const [name, rows] of Object.entries({ advantages: known.advantages, returns: known.returns })) {
    if (rows === undefined) continue;
    const got = completions.findIndex(({ mask }, i) => rows[i]?.length !== mask?.length);
    if (got >= 0 || rows.length !== completions.length) {
      throw new ShapeError(`known.${name}: expected a number for each token of each completion (group ${g})`);
    }
  }
  for (const [i, { mask }] of completions.entries()) {
    checkFinite("known.advantages", known.advantages[i]!, mask, `completion ${i} of group ${g}`);
  }
}

const arrays = [
  "logprobs",
  "oldLogprobs",
  "samplerLogprobs",
  "refLogprobs",
  "weights",
  "advantageBonus",
  "values",
  "oldValues",
] as const;

function checkPerception(
  term: PerceptionTerm,
  mask: ArrayLike<number>,
  algorithm: Algorithm,
  where: string,
): void {
  if (algorithm.unit === "pair") {
    throw new ConfigError(
      `algorithm.kind: dpo compares pairs and has no place for a perception term (${where})`,
    );
  }
  requireObject("perception", term);
  const { ablatedLogprobs, coefficients, bound, entropyPenalty } = term;
  checkFinite("perception.ablatedLogprobs", ablatedLogprobs, mask, where);
  checkFinite("perception.coefficients", coefficients, mask, where);
  for (let t = 0; t < mask.length; t++) {
    if (mask[t] === 0 || coefficients[t]! >= 0) continue;
    throw new NumericError(
      `perception.coefficients[${t}]: expected a number ≥ 0, got ${coefficients[t]} (${where})`,
    );
  }
  for (const [name, value] of Object.entries({ bound, entropyPenalty })) {
    if (!(value >= 0 && value < Infinity)) {
      throw new NumericError(`perception.${name}: expected a finite number ≥ 0, got ${value} (${where})`);
    }
  }
}

function checkViewTerm(
  term: ViewTerm,
  count: number,
  mask: ArrayLike<number>,
  algorithm: Algorithm,
  where: string,
): void {
  if (algorithm.unit === "pair") {
    throw new ConfigError(
      `algorithm.kind: dpo compares pairs and has no place for a term over views (${where})`,
    );
  }
  requireObject("viewTerm", term);
  const { views, at } = term;
  requireObjects("viewTerm.views", views);
  if (typeof at !== "function") {
    throw new ShapeError(`viewTerm.at: expected a function, got ${typeof at} (${where})`);
  }
  if (views.length !== count) {
    throw new ShapeError(
      `viewTerm.views: expected as many for every completion, ${count}, got ${views.length} (${where})`,
    );
  }
  for (const [v, { logprobs }] of views.entries()) {
    checkFinite(`viewTerm.views[${v}].logprobs`, logprobs, mask, where);
  }
}

/** Whether every completion must have values: where the algorithm insists, or where one has them. */
function valuesWanted(groups: readonly ObjectiveGroup[], algorithm: Algorithm): boolean {
  if (algorithm.unit === "pair" || algorithm.advantage.values === "none") return false;
  return (
    algorithm.advantage.values === "required" ||
    groups.some(({ completions }) => completions.some(({ values }) => values !== undefined))
  );
}

function referenceReason(algorithm: Algorithm): string {
  return algorithm.unit === "pair"
    ? "algorithm.kind: dpo"
    : `algorithm.klCoefficient: ${algorithm.kl.coefficient}`;
}

const required = ["mask", "logprobs", "oldLogprobs"] as const;

function checkMask(completion: ObjectiveCompletion, where: string): void {
  const { mask, logprobs } = completion;
  for (const name of required) {
    checkArray(name, completion[name], where);
  }
  if (mask.length !== logprobs.length) {
    throw new ShapeError(`mask: expected shape [${logprobs.length}], got [${mask.length}] (${where})`);
  }
  for (let t = 0; t < mask.length; t++) {
    if (mask[t] !== 0 && mask[t] !== 1) {
      throw new NumericError(`mask[${t}]: expected 0 or 1, got ${mask[t]} (${where})`);
    }
  }
}

function checkArray(name: string, values: ArrayLike<number> | null | undefined, where: string): void {
  if (typeof values?.length === "number") return;
  const got = values === null ? "null" : typeof values;
  throw new ShapeError(`${name}: expected an array, got ${got} (${where})`);
}

function checkFinite(name: string, values: ArrayLike<number>, mask: ArrayLike<number>, where: string): void {
  checkArray(name, values, where);
  if (values.length !== mask.length) {
    throw new ShapeError(`${name}: expected shape [${mask.length}], got [${values.length}] (${where})`);
  }
  for (let t = 0; t < mask.length; t++) {
    if (mask[t] === 1 && !Number.isFinite(values[t])) {
      throw new NumericError(`${name}[${t}]: expected a finite number, got ${values[t]} (${where})`);
    }
  }
}

function checkConstantWeights({ mask, weights, advantageBonus }: ObjectiveCompletion, where: string): void {
  for (const values of [weights, advantageBonus]) {
    const counted = Array.from(values ?? []).filter((_, t) => mask[t] === 1);
    if (counted.every((value) => value === counted[0])) continue;
    throw new ConfigError(
      "algorithm: the sequence-level ratio gives every token of a completion the same gradient, so token weights " +
        `would act only through their mean; use form "token" with a credit method (${where})`,
    );
  }
}
