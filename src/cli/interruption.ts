/**
 * @module
 * Ctrl-C of commands that end their work in order: the first asks them to, the second ends at once. Every other command
 * ends at once, as a program without handlers does. A closed stdout (`fovea train --json | head`) acts like Ctrl-C.
 */

/** Exit status of an interrupted run, 128 + SIGINT. */
export const INTERRUPTED = 130;
/** Exit status of a command that failed. */
export const FAILED = 1;

export interface Interruption {
  /** Aborted once the user has interrupted a command that listens, or a forgotten promise has failed. */
  readonly signal: AbortSignal;
  /** The first error that a promise had for which nobody waited: the command has failed, though it ends in order. */
  readonly failure: () => { readonly error: unknown } | undefined;
  /**
   * From now on Ctrl-C aborts the signal, at which this command ends its work.
   *
   * @param stopping what the command does then, such as "stopping after a checkpoint"
   */
  listen(stopping: string): AbortSignal;
}

/** The source of signals: the process. */
interface SignalSource {
  on(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
  off(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
}

/**
 * The interruption by SIGINT and SIGTERM, which keep their default until a command listens, and get it back by `dispose`.
 *
 * @param exit called on the second signal, and by `request` and `fail` when no command listens
 * @returns with `request`, which acts like the first signal without a message, and `fail`, which does so for an error
 */
export function interruptionBy(
  signals: SignalSource,
  notice: (text: string) => void,
  exit: (status: number) => void,
): Interruption & {
  readonly request: () => void;
  readonly fail: (error: unknown) => void;
  readonly dispose: () => void;
} {
  const controller = new AbortController();
  const { signal } = controller;
  let stopping: string | undefined;
  let failure: { readonly error: unknown } | undefined;
  const end = (status: number) => (stopping === undefined ? exit(status) : controller.abort());
  const listener = () => {
    const isFirst = !signal.aborted;
    controller.abort();
    if (isFirst) notice(`\n${stopping}; press Ctrl-C again to stop at once\n`);
    else exit(INTERRUPTED);
  };
  return {
    signal,
    failure: () => failure,
    listen(words) {
      if (stopping === undefined) {
        signals.on("SIGINT", listener);
        signals.on("SIGTERM", listener);
      }
      stopping = words;
      return signal;
    },
    request: () => end(INTERRUPTED),
    fail(error) {
      failure ??= { error };
      end(FAILED);
    },
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

/** The process, as far as it reports promises that nobody waits for. */
interface RejectionSource {
  on(event: "unhandledRejection", listener: (reason: unknown) => void): unknown;
}

/**
 * Ends the command in order when a promise fails that nobody waits for, such as a request that a user's observer has not
 * awaited. Node would end the process at once, and all work since the last checkpoint would be lost.
 *
 * @param end asks the command to end, with the error
 */
export function onForgottenFailure(
  source: RejectionSource,
  notice: (text: string) => void,
  end: (error: unknown) => void,
): void {
  source.on("unhandledRejection", (reason) => {
    const detail = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    notice(`\nerror: a promise failed that nobody waits for (await it, or catch its error): ${detail}\n`);
    end(reason);
  });
}

/** Thrown by a command that the user interrupted. */
export class InterruptedRun extends Error {}
