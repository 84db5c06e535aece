/**
 * @module
 * Keys of the pages that show a completion.
 */
import { useEffect } from "preact/hooks";
import { current, go } from "./address.ts";
import { openToken } from "./inspection-state.ts";
import { addKeys } from "./keyboard.ts";
import { iteration, OUTCOMES, opened, stepCompletion, stepIteration } from "./rollouts-state.ts";

function stepToken(by: number): void {
  const count = opened.value?.completion.tokens ?? 0;
  if (count === 0) return;
  const now = openToken.value;
  const next = now === undefined ? (by > 0 ? 0 : count - 1) : Math.min(count - 1, Math.max(0, now + by));
  go({ token: next, iteration: iteration.value, at: opened.value?.completion.at });
}

function cycleOutcome(): void {
  const now = current("outcome");
  const place = OUTCOMES.findIndex((option) => option === (now === "" ? "all" : now));
  const next = OUTCOMES[(place + 1) % OUTCOMES.length];
  go({ outcome: next === "all" ? "" : next, at: undefined, token: undefined });
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
        { keys: ["f"], help: "filter: all, right, wrong, truncated", run: cycleOutcome },
        { keys: ["Escape"], help: "close the token", run: () => go({ token: undefined }) },
      ]),
    [],
  );
}
