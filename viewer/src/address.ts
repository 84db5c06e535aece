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

type State = Readonly<Partial<Record<AddressKey, string>>>;

function parse(hash: string): State {
  return Object.fromEntries(new URLSearchParams(hash.replace(/^#/, "")));
}

const state = signal<State>(parse(location.hash));
addEventListener("hashchange", () => {
  state.value = parse(location.hash);
});

/** One key of the address, "" where it is absent. */
export function param(key: AddressKey): ReadonlySignal<string> {
  return computed(() => state.value[key] ?? "");
}

/** One key of the address as it is now. */
export function current(key: AddressKey): string {
  return state.value[key] ?? "";
}

/**
 * Changes the address.
 *
 * @param changes undefined and "" remove a key
 * @param keep whether going back returns here
 */
export function go(
  changes: Readonly<Partial<Record<AddressKey, string | number | undefined>>>,
  keep = false,
): void {
  const next: Record<string, string> = { ...state.value };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined || value === "") delete next[key];
    else next[key] = String(value);
  }
  const hash = `#${new URLSearchParams(next)}`;
  if (hash === location.hash) return;
  if (keep) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
  state.value = next;
}
