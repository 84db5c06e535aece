/**
 * @module
 * Connection callbacks of a command: reports the arrangement of a local engine and unanswered calls to a remote one on
 * stderr, and lets Ctrl-C end the wait.
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
