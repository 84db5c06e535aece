/**
 * @module
 * Slow questions, asked once they have not changed for a moment: stepping through completions with a key held down
 * asks only about the last. The newest answer is kept while its question is open.
 */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";

const PAUSE_MS = 120;

/** The outcome of a question. */
export interface Looked<T> {
  readonly key: string;
  readonly value?: T;
  readonly trouble?: string;
}

/** The answer to a question that changes. */
export interface SlowAnswer<T> {
  /** The answer to the present question; undefined while it is being worked on. */
  readonly answer: ReadonlySignal<Looked<T> | undefined>;
  /** Asks whenever the question is another one; returns how to stop. */
  readonly watch: () => () => void;
}

/**
 * @param key the question; "" for none
 * @param ask answers a question
 */
export function slowAnswer<T>(
  key: ReadonlySignal<string>,
  ask: (key: string, abort: AbortSignal) => Promise<T>,
): SlowAnswer<T> {
  const newest = signal<Looked<T> | undefined>(undefined);
  const watch = () =>
    effect(() => {
      const asked = key.value;
      if (asked === "" || newest.peek()?.key === asked) return;
      const abort = new AbortController();
      const timer = setTimeout(() => {
        ask(asked, abort.signal).then(
          (value) => {
            newest.value = { key: asked, value };
          },
          (error: Error) => {
            if (!abort.signal.aborted) newest.value = { key: asked, trouble: error.message };
          },
        );
      }, PAUSE_MS);
      return () => {
        clearTimeout(timer);
        abort.abort();
      };
    });
  return { answer: computed(() => (newest.value?.key === key.value ? newest.value : undefined)), watch };
}
