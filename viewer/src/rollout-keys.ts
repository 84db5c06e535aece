/**
 * @module
 * Keys of the pages that show a completion.
 */
import { useEffect } from "preact/hooks";
import { current, go } from "./address.ts";
import { answerPlace } from "./answer-place.ts";
import { openToken } from "./inspection-state.ts";
import { addKeys } from "./keyboard.ts";
import { OUTCOMES, opened, placeOf, stepCompletion, stepIteration, switchAcross } from "./rollouts-state.ts";

function stepToken(by: number): void {
  const item = opened.value;
  if (item === undefined || item.completion.tokens === 0) return;
  const count = item.completion.tokens;
  const now = openToken.value;
  // The first token that is opened is that of the answer.
  const next = Math.min(count - 1, Math.max(0, now === undefined ? (answerPlace.value ?? 0) : now + by));
  go({ token: next, ...placeOf({ iteration: item.group.iteration, at: item.completion.at }) });
}

function cycleOutcome(): void {
  const now = current("outcome");
  const place = OUTCOMES.findIndex((option) => option === (now === "" ? "all" : now));
  const next = OUTCOMES[(place + 1) % OUTCOMES.length];
  go({ outcome: next === "all" ? "" : next, from: undefined, at: undefined, token: undefined });
}

/** Adds the keys while the page is shown. */
export function useRolloutKeys(): void {
  useEffect(
    () =>
      addKeys([
        { keys: ["j", "ArrowDown"], help: "next completion", run: () => stepCompletion(1) },
        { keys: ["k", "ArrowUp"], help: "completion before", run: () => stepCompletion(-1) },
        { keys: ["ArrowRight", "l"], help: "next token", run: () => stepToken(1) },
        { keys: ["ArrowLeft", "h"], help: "token before", run: () => stepToken(-1) },
        { keys: ["]"], help: "next iteration", run: () => stepIteration(1) },
        { keys: ["["], help: "iteration before", run: () => stepIteration(-1) },
        { keys: ["i"], help: "one iteration or all", run: switchAcross },
        { keys: ["f"], help: "filter: all, right, wrong, truncated", run: cycleOutcome },
        { keys: ["Escape"], help: "close the token", run: () => go({ token: undefined }) },
      ]),
    [],
  );
}
