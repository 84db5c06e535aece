/**
 * @module
 * How a command follows an engine: what is measured to arrange one here, or has no answer from one elsewhere, is said on
 * stderr, and Ctrl-C ends the wait.
 */
import type { Connection } from "../config/index.ts";
import type { CliContext } from "./context.ts";
import { arrangementLines, retryText } from "./reporter.ts";

export function connectionOf({ stderr, interruption: { signal } }: CliContext): Connection {
  return {
    signal,
    onRetry: (event) => stderr(`${retryText(event)}\n`),
    onArrangement(event) {
      const [chosen, ...warnings] = arrangementLines(event);
      for (const line of event.by === "measured" ? [chosen, ...warnings] : warnings) stderr(`${line}\n`);
    },
  };
}
