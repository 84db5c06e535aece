/**
 * @module
 * Evaluation: how problems are put to a model, how well it answers, and what its completions look like.
 */
export { createDialogue, type Dialogue, type DialogueOptions } from "./dialogue.ts";
export { type Evaluation, type EvaluationOptions, evaluate, type Share } from "./evaluate.ts";
export { roleLegend, type ShownRole, type ShownToken, showTokens } from "./token-colours.ts";
