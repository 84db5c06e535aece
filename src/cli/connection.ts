/**
 * @module
 * How a command follows an engine that is elsewhere: what has no answer is said on stderr, and Ctrl-C ends the wait.
 */
import type { Connection } from "../config/index.ts";
import type { CliContext } from "./context.ts";
import { retryText } from "./reporter.ts";

export function connectionOf({ stderr, interruption: { signal } }: CliContext): Connection {
  return { signal, onRetry: (event) => stderr(`${retryText(event)}\n`) };
}
