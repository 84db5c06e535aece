/**
 * @module
 * The state of the page, all of it in the address after #, so that a view can be kept, sent and gone back to.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";

/** Keys of the address. */
export type AddressKey =
  | "view"
  | "run"
  | "runs"
  | "iteration"
  | "from"
  | "at"
  | "token"
  | "outcome"
  | "spread"
  | "sort"
  | "range"
  | "smooth"
  | "log"
  | "group"
  | "search"
  | "order"
  | "find"
  | "text"
  | "weights"
  | "before"
  | "against"
  | "paint"
  | "answers"
  | "beside"
  | "verdict"
  | "kind"
  | "export"
  | "ask"
  | "picture"
  | "system"
  | "suffix"
  | "temperature"
  | "seed"
  | "most";

/** A key that is absent has no values; only `runs` has several. */
type State = Readonly<Partial<Record<AddressKey, readonly string[]>>>;

/** The values of every key of an address. */
export function parseAddress(hash: string): State {
  const query = new URLSearchParams(hash.replace(/^#/, ""));
  return Object.fromEntries([...new Set(query.keys())].map((key) => [key, query.getAll(key)]));
}

/** The address of values; a key whose values are all empty is left out. */
export function formatAddress(state: State): string {
  const pairs = Object.entries(state).flatMap(([key, values]) => values.map((value) => [key, value]));
  return `#${new URLSearchParams(pairs.filter(([, value]) => value !== ""))}`;
}

const state = signal<State>(parseAddress(location.hash));
addEventListener("hashchange", () => {
  state.value = parseAddress(location.hash);
});

/** One key of the address, "" where it is absent. */
export function param(key: AddressKey): ReadonlySignal<string> {
  return computed(() => current(key));
}

/** All values of a key of the address. */
export function params(key: AddressKey): ReadonlySignal<readonly string[]> {
  return computed(() => state.value[key] ?? []);
}

/** One key of the address as it is now. */
export function current(key: AddressKey): string {
  return state.value[key]?.[0] ?? "";
}

type Value = string | number | readonly string[] | undefined;

/**
 * Changes the address.
 *
 * @param changes undefined and "" remove a key
 * @param keep whether going back returns here
 */
export function go(changes: Readonly<Partial<Record<AddressKey, Value>>>, keep = false): void {
  const changed = Object.entries(changes).map(([key, value]) => {
    const values = Array.isArray(value) ? value : value === undefined ? [] : [String(value)];
    return [key, values.filter((one) => one !== "")];
  });
  const next: State = { ...state.value, ...Object.fromEntries(changed) };
  const hash = formatAddress(next);
  if (hash === location.hash) return;
  if (keep) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
  state.value = parseAddress(hash);
}
