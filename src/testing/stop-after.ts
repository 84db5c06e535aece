/**
 * @module
 * Stopping a run after so many steps, as a user's Ctrl-C does.
 */
import type { RunEvent } from "../train/loop/events.ts";

/** Options of a run that end it after so many iterations or warm-start steps. */
export function stopAfter(
  count: number,
  alsoOnEvent: (event: RunEvent) => void = () => {},
): { readonly onEvent: (event: RunEvent) => void; readonly signal: AbortSignal } {
  const controller = new AbortController();
  let seen = 0;
  if (count === 0) controller.abort();
  return {
    signal: controller.signal,
    onEvent: (event) => {
      alsoOnEvent(event);
      if (event.event !== "iteration" && event.event !== "warm-start") return;
      seen += 1;
      if (seen >= count) controller.abort();
    },
  };
}
