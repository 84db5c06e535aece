/**
 * @module
 * All tokens of a diagnosis in columns: the truth about each, its measurements, and each method's view of it.
 */
import type { AttentionRow, TokenRole } from "../credit/index.ts";
import type { TokenLabel } from "../data/index.ts";

/** True roles by code. */
export const TRUE_ROLES = ["image", "reasoning", "other"] as const satisfies readonly TokenLabel["role"][];
/** Assigned roles by code: the right name of the true role with the same code. */
export const ASSIGNED_ROLES = ["visual", "text", "neutral"] as const satisfies readonly TokenRole[];

/** The label of each token, if the data set has labels. */
export interface Truth {
  /** `[N]` codes of `TRUE_ROLES`. */
  readonly role: Uint8Array;
  /**
   * `[N]` 1 right, 0 wrong, −1 neither: readings by the image, the rest by what the completion wrote before, be that right
   * or wrong.
   */
  readonly verdict: Int8Array;
  /** `[N]` the statement that a token belongs to, "" for none. */
  readonly statement: readonly string[];
}

/** The values for one choice of attention row. */
export interface AttentionColumns {
  /** `[N]` attention on the image, in [0, 1]. */
  readonly visualMass: Float64Array;
  readonly textMass: Float64Array;
  /** `[N]` AT-RL's connectivity; absent without the engine's calibrated attention. */
  readonly connectivity?: Float64Array;
}

/** One method's word on every token. */
export interface MethodColumn {
  readonly method: string;
  /** The attention row it reads; absent for methods that read none. */
  readonly row?: AttentionRow;
  /** `[N]` higher where the method sees more of the image in a token. */
  readonly score: Float64Array;
  /** `[N]` codes of `ASSIGNED_ROLES`, from methods that draw a line. */
  readonly assigned?: Uint8Array;
  /** Whether all three roles are assigned, or only the image's. */
  readonly assigns?: "roles" | "image";
}

/** Tokens of sampled completions, N in all. */
export interface TokenTable {
  readonly completions: number;
  readonly tokens: number;
  /** Share of completions with the right answer. */
  readonly accuracy: number;
  /** `[N]` the completion a token belongs to, from 0 and rising. */
  readonly unit: Int32Array;
  /** `[N]` (t + ½) / T, the place of a token along its completion. */
  readonly place: Float64Array;
  readonly text: readonly string[];
  /** `[N]` nats, at temperature 1. */
  readonly entropy: Float64Array;
  /** `[N]` VICRA's g; absent where the engine cannot ablate images. */
  readonly grounding?: Float64Array;
  readonly rows: Readonly<Partial<Record<AttentionRow, AttentionColumns>>>;
  readonly methods: readonly MethodColumn[];
  readonly truth?: Truth;
}

/** Grows columns completion by completion. */
export class ColumnBuilder {
  readonly #chunks = new Map<string, ArrayLike<number>[]>();

  add(column: string, values: ArrayLike<number>): void {
    const chunks = this.#chunks.get(column);
    if (chunks === undefined) this.#chunks.set(column, [values]);
    else chunks.push(values);
  }

  has(column: string): boolean {
    return this.#chunks.has(column);
  }

  /** The column as one array; empty when nothing was added. */
  column(name: string): Float64Array {
    const chunks = this.#chunks.get(name) ?? [];
    const joined = new Float64Array(chunks.reduce((sum, { length }) => sum + length, 0));
    let start = 0;
    for (const chunk of chunks) {
      joined.set(chunk, start);
      start += chunk.length;
    }
    return joined;
  }
}
