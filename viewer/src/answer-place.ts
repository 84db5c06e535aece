/**
 * @module
 * Where the answer of the open completion begins.
 */
import { computed, type ReadonlySignal } from "@preact/signals";
import { answerToken } from "../../src/inspect/answer-token.ts";
import { detail } from "./rollouts-state.ts";

/** The token at which the answer of the open completion begins; undefined until the completion has come. */
export const answerPlace: ReadonlySignal<number | undefined> = computed(() => {
  const rollout = detail.value;
  return rollout === undefined ? undefined : answerToken(rollout.tokenTexts, rollout.extracted);
});
