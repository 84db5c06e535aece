/**
 * @module
 * Ctrl-C: the first asks the run to finish its iteration, save and end; the second ends at once. A reader of stdout
 * who goes away (`fovea train --json | head`) asks like the first.
 */

/** Exit status of a run that was interrupted, 128 + SIGINT. */
export const INTERRUPTED = 130;

export interface Interruption {
  /** Aborted once the user has asked to stop. */
  readonly signal: AbortSignal;
}

/** Where signals come from: the process. */
interface SignalSource {
  on(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
  off(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
}

/**
 * Listens for SIGINT and SIGTERM until `dispose`.
 *
 * @param exit called on the second signal
 * @returns with `request`, which asks as the first signal does, and says nothing
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
    if (isFirst) notice("\nstopping as soon as nothing is lost; press Ctrl-C again to stop at once\n");
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

/** Where what is written may find no reader. */
interface Writable {
  on(event: "error", listener: (error: Error & { readonly code?: string }) => void): unknown;
}

/**
 * Calls `act` whenever something is written that nobody reads any more; other errors are thrown.
 */
export function onReaderGone(stream: Writable, act: () => void): void {
  stream.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
    act();
  });
}

/** Thrown by a command that ended early because the user asked to. */
export class InterruptedRun extends Error {}
