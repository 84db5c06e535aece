/**
 * @module
 * The list of signals. A new signal is a file here, an entry in `SIGNALS` and its request's schema. The local engine reduces its
 * rows by the record's own `reduce` unless it has a graph for it; all other code reads the list.
 */
import { attentionSignal } from "./attention.ts";
import { calibratedSignal } from "./calibrated.ts";
import { clustersSignal } from "./clusters.ts";
import { hiddenCosineSignal } from "./hidden-cosine.ts";
import { imageRowsSignal } from "./image-rows.ts";
import { type AttentionSignal, fromParts, type HiddenSignal, partAt, type SignalPart } from "./signal.ts";

const LIST = [
  attentionSignal,
  calibratedSignal,
  clustersSignal,
  imageRowsSignal,
  hiddenCosineSignal,
] as const;

type Known = (typeof LIST)[number];

/** Keys of requests and answers. */
export type SignalName = Known["name"];
/** Capabilities that signals need. */
export type SignalCapability = Known["needs"][number]["capability"];

/** Signals to return beside log-probs. */
export type SignalRequest = { readonly [S in Known as S["name"]]?: S["look"] };

/** The requested signals of one completion. */
export type Signals = { readonly [S in Known as S["name"]]?: ReturnType<S["reduce"]> };

/** A signal by its record alone; the record defines its requests and values. */
export type AnySignal =
  | AttentionSignal<SignalName, SignalCapability, object, object>
  | HiddenSignal<SignalName, SignalCapability, object, object>;

/** Every signal. */
export const SIGNALS: readonly AnySignal[] = LIST;

/** A signal that is asked for. */
export interface AskedSignal {
  readonly signal: AnySignal;
  readonly request: object;
}

/** The signals that a request names, in the order of the list. */
export function askedSignals(request: SignalRequest | undefined): AskedSignal[] {
  return SIGNALS.flatMap((signal) => {
    const own: object | undefined = request?.[signal.name];
    return own === undefined ? [] : [{ signal, request: own }];
  });
}

/** Only the signals of a request that may ask for more; undefined if it asks for none. */
export function signalRequest(needs: SignalRequest): SignalRequest | undefined {
  const asked = askedSignals(needs).map(({ signal, request }) => [signal.name, request]);
  return asked.length === 0 ? undefined : Object.fromEntries(asked);
}

/** Parts that a request yields. */
export function askedParts({ signal, request }: AskedSignal): SignalPart<object>[] {
  return signal.parts.filter((part) => part.when?.(request) ?? true);
}

/** The signals of a completion without tokens. */
export function emptySignals(request: SignalRequest | undefined): Signals {
  const values = askedSignals(request).map((asked) => [
    asked.signal.name,
    fromParts(askedParts(asked).map(({ path }) => [path, new Float64Array()])),
  ]);
  return Object.fromEntries(values);
}

/** Whether a request yields numbers of pairs of tokens, T² of a completion: few sequences at a time then. */
export function asksForPairs(request: SignalRequest): boolean {
  return askedSignals(request).some((asked) => askedParts(asked).some(({ shape }) => shape === "T×T"));
}

/** The engine capabilities that a request requires. */
export function signalCapabilities(request: SignalRequest): SignalCapability[] {
  return askedSignals(request).flatMap(({ signal, request: own }) =>
    signal.needs.filter((need) => need.when(own)).map(({ capability }) => capability),
  );
}

/** Whether signals hold everything that a request asks for. */
export function hasSignals(signals: Signals | undefined, request: SignalRequest): boolean {
  return askedSignals(request).every((asked) =>
    askedParts(asked).every(({ path }) => partAt(signals?.[asked.signal.name], path) !== undefined),
  );
}
