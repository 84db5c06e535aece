/**
 * @module
 * Ctrl-C: the first stops the run after its iteration with a checkpoint; the second ends at once. A closed stdout
 * (`fovea train --json | head`) acts like the first.
 */

/** Exit status of an interrupted run, 128 + SIGINT. */
export const INTERRUPTED = 130;

export interface Interruption {
  /** Aborted once the user has interrupted. */
  readonly signal: AbortSignal;
}

/** The source of signals: the process. */
interface SignalSource {
  on(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
  off(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
}

/**
 * Listens for SIGINT and SIGTERM until `dispose`.
 *
 * @param exit called on the second signal
 * @returns with `request`, which acts like the first signal without a message
 */
export function listenForInterruption(
  signals: SignalSource,
  notice: (text: string) => void,
  exit: (status: number) => void,
): Interruption & { readonly request: () => void; readonly dispose: () => void } {
  const controller = new AbortController();
  const { signal } = controller;
  const listener = () => {
    const isFirst = !signal.aborted;
    controller.abort();
    if (isFirst) notice("\nstopping after a checkpoint; press Ctrl-C again to stop at once\n");
    else exit(INTERRUPTED);
  };
  signals.on("SIGINT", listener);
  signals.on("SIGTERM", listener);
  return {
    signal,
    request: () => controller.abort(),
    dispose: () => {
      signals.off("SIGINT", listener);
      signals.off("SIGTERM", listener);
    },
  };
}

/** A stream whose reader may close it. */
interface Writable {
  on(event: "error", listener: (error: Error & { readonly code?: string }) => void): unknown;
}

/**
 * Calls `act` when a write fails because the reader has closed the stream; other errors are thrown.
 */
export function onReaderGone(stream: Writable, act: () => void): void {
  stream.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
    act();
  });
}

/** Thrown by a command that the user interrupted. */
export class InterruptedRun extends Error {}
