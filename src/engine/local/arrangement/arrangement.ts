/**
 * @module
 * How a local engine uses the machine: threads that compute, and replicas of the model that share them.
 */

/** Threads of all replicas together, and replicas. */
export interface Arrangement {
  readonly threads: number;
  readonly replicas: number;
}

/** The same with what is left to the machine. */
export interface WantedArrangement {
  readonly threads: number | "auto";
  readonly replicas: number | "auto";
}

/** An arrangement that was tried. */
export interface TriedArrangement extends Arrangement {
  /** Tokens sampled and learnt a second; 0 where it failed. */
  readonly tokensPerSecond: number;
  /** Why it failed. */
  readonly error?: string | undefined;
}

/**
 * Why an arrangement was chosen.
 *
 * - `given`: the user set both numbers.
 * - `only`: the machine's cores or its memory allow no other arrangement.
 * - `device`: a graphics adapter computes, so the cores do not matter.
 * - `size`: the model is too large to try several; operations of its size keep all threads busy.
 * - `measured`: the fastest of the arrangements tried.
 * - `remembered`: measured before, on this machine, for a model of this shape.
 */
export type ChosenBy = "given" | "only" | "device" | "size" | "measured" | "remembered";

/** An arrangement and what it was chosen by. */
export interface ChosenArrangement extends Arrangement {
  readonly by: ChosenBy;
  /** The number that the user set, where the other was left to the machine. */
  readonly given?: Partial<Arrangement>;
  /** Cores that this process may use, and bytes of memory that are free for it. */
  readonly cores: number;
  readonly memory: number;
  /** Estimated bytes that training needs in this arrangement. */
  readonly memoryNeed: number;
  readonly tried?: readonly TriedArrangement[];
  /** Warnings for the user. */
  readonly warnings: readonly string[];
}

/** In words: 2 replicas of 1 thread. */
export function arrangementText({ threads, replicas }: Arrangement): string {
  const own = Math.floor(threads / replicas);
  return `${replicas} ${replicas === 1 ? "replica" : "replicas"} of ${own} ${own === 1 ? "thread" : "threads"}`;
}
