/**
 * @module
 * The record of a signal: a kind of number that an engine computes from the attention or the hidden states of a
 * completion's tokens. Engines, wire formats, command line and viewer read only these records and name no signal.
 */
/** Which query's attention row belongs to token t: its own, or the one that predicts it. */
export type AttentionRow = "own" | "predicting";

/** Attention of a completion's rows, mean over heads and layers. */
export interface AttentionRows {
  /** `[T × S]` row-major, after softmax. */
  readonly rows: ArrayLike<number>;
  readonly tokens: number;
  readonly keys: number;
  /** `[S]` 0 padding, 1 text, 2 visual. */
  readonly kind: ArrayLike<number>;
  /** Key index of the first row's query; row t's query is key `first + t`. */
  readonly first: number;
}

/** Hidden states of a prompt's and a completion's tokens. */
export interface HiddenStates {
  /** One `[S × D]` row-major of each layer. */
  readonly layers: readonly ArrayLike<number>[];
  readonly tokens: number;
  /** S, tokens of prompt and completion. */
  readonly keys: number;
  /** `[S]` 0 padding, 1 text, 2 visual. */
  readonly kind: ArrayLike<number>;
  /** Row of the completion's first token. */
  readonly first: number;
}

/** Dimensions of numbers, of T tokens, the prompt's I image tokens, and R of each token as the request says. */
export type PartShape = "T" | "T×T" | "T×I" | "T×R";

/** One array of a signal's value. */
export interface SignalPart<Request> {
  /** Keys of the value that lead to it, outermost first; none where the value is the array itself. */
  readonly path: readonly string[];
  readonly shape: PartShape;
  /** Entry (s, t) of `[T × T]` is entry (t, s), so that its lower triangle says all and may travel alone. */
  readonly symmetric?: true;
  /** Its name among an answer's tensors. */
  readonly wire: string;
  /** A description for people. */
  readonly label: string;
  /** Whether a request yields it; every request unless given. */
  when?(request: Request): boolean;
}

/** A capability that an engine must have for some requests. */
export interface SignalNeed<Request, Capability extends string> {
  readonly capability: Capability;
  /** Whether a request needs it. */
  when(request: Request): boolean;
  /** A description of the request, for the error of an engine without the capability. */
  words(request: Request): string;
}

/** The fields of every signal. */
interface SignalRecord<Name extends string, Capability extends string, Request> {
  /** Its key in requests and answers. */
  readonly name: Name;
  readonly needs: readonly SignalNeed<Request, Capability>[];
  /** All arrays of its value; the first is there whenever the signal is. */
  readonly parts: readonly SignalPart<Request>[];
  /** The request of the viewer. */
  readonly look: Request;
  /** @throws NumericError when a number of a request is out of its range; absent where every request is fine */
  check?(request: Request): void;
  /**
   * The request as `loss_fn_config` of a server that speaks the plain protocol (engines/skyrl); absent where that has no
   * form for it.
   */
  plain?(request: Request): Readonly<Record<string, number>>;
}

/** A signal of attention rows. */
export interface AttentionSignal<Name extends string, Capability extends string, Request, Value>
  extends SignalRecord<Name, Capability, Request> {
  readonly reads: "attention";
  /** Which rows it reads, and over how many of the last layers their mean is taken. */
  rows(request: Request): { readonly row: AttentionRow; readonly layers: number };
  /** The value in double precision: the reference for engines, and their fallback. */
  reduce(attention: AttentionRows, request: Request): Value;
}

/** A signal of hidden states, for which engines have a reducer of their own: states never leave them. */
export interface HiddenSignal<Name extends string, Capability extends string, Request, Value>
  extends SignalRecord<Name, Capability, Request> {
  readonly reads: "hidden";
  /** Which layers' states it reads. */
  states(request: Request): "last" | "all";
  /** The value in double precision: the reference for engines. */
  reduce(hidden: HiddenStates, request: Request): Value;
}

/** How the plain protocol numbers rows. */
export const PLAIN_ROWS = { own: 1, predicting: 2 } as const;

/** The array of a value that a path leads to; undefined where it is not there. */
export function partAt(value: unknown, path: readonly string[]): Float64Array | undefined {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found as Float64Array | undefined;
}

/** A value made of its arrays; the inverse of `partAt`. */
export function fromParts(
  parts: Iterable<readonly [path: readonly string[], numbers: Float64Array]>,
): unknown {
  const value: Record<string, unknown> = {};
  for (const [path, numbers] of parts) {
    const last = path.at(-1);
    if (last === undefined) return numbers;
    let inner = value;
    for (const key of path.slice(0, -1)) {
      inner[key] ??= {};
      inner = inner[key] as Record<string, unknown>;
    }
    inner[last] = numbers;
  }
  return value;
}
