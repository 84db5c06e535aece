/**
 * @module
 * The open completion as a model sees it; asked for once a token is open, and kept for the tokens after it.
 */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Inspection } from "../../src/view/protocol.ts";
import { param } from "./address.ts";
import { askRun } from "./api.ts";
import { opened, page } from "./rollouts-state.ts";
import { openRun } from "./runs-state.ts";

/** What became of a question to a model. */
export interface Looked<T> {
  readonly key: string;
  readonly value?: T;
  readonly trouble?: string;
}

const token = param("token");
const weights = param("weights");

/** The place of the open completion in addresses of the server; "" when there is none. */
export const openPlace: ReadonlySignal<string> = computed(() => {
  const [item, shown] = [opened.value, page.value];
  return item === undefined || shown === undefined
    ? ""
    : `${shown.iteration}/${item.group.at}/${item.completion.at}`;
});

/** The open token. */
export const openToken: ReadonlySignal<number | undefined> = computed(() => {
  const place = Number.parseInt(token.value, 10);
  return Number.isNaN(place) ? undefined : place;
});

const answer = signal<Looked<Inspection> | undefined>(undefined);

const key = computed(() => {
  const run = openRun.value?.id;
  if (run === undefined || openPlace.value === "" || openToken.value === undefined) return "";
  return JSON.stringify([run, openPlace.value, weights.value]);
});

/** The answer to the present question; undefined while it is being worked on. */
export const inspection: ReadonlySignal<Looked<Inspection> | undefined> = computed(() =>
  answer.value?.key === key.value ? answer.value : undefined,
);

/** Asks a model of a run about a completion. */
export function look(
  run: string,
  place: string,
  query: URLSearchParams,
  abort?: AbortSignal,
): Promise<Inspection> {
  return askRun<Inspection>(run, `inspect/${place}?${query}`, abort);
}

/** Asks whenever another completion or other weights are looked at; returns how to stop. */
export function watchInspection(): () => void {
  return effect(() => {
    const asked = key.value;
    if (asked === "" || answer.peek()?.key === asked) return;
    const [run, place, name] = JSON.parse(asked) as [string, string, string];
    const abort = new AbortController();
    // Stepping through completions with a key held down asks about none but the last.
    const timer = setTimeout(() => {
      look(run, place, new URLSearchParams(name === "" ? {} : { weights: name }), abort.signal).then(
        (value) => {
          answer.value = { key: asked, value };
        },
        (error: Error) => {
          if (!abort.signal.aborted) answer.value = { key: asked, trouble: error.message };
        },
      );
    }, 120);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  });
}
