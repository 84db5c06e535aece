/**
 * @module
 * The open completion as a model sees it; asked for once a token is open, and kept for the tokens after it.
 */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { Inspection } from "../../src/view/protocol.ts";
import { param } from "./address.ts";
import { askRun } from "./api.ts";
import { opened } from "./rollouts-state.ts";
import { openRun } from "./runs-state.ts";
import { type SlowAnswer, slowAnswer } from "./slow-answer.ts";

const token = param("token");
const weights = param("weights");

/** The place of the open completion in addresses of the server; "" when there is none. */
export const openPlace: ReadonlySignal<string> = computed(() => {
  const item = opened.value;
  return item === undefined ? "" : `${item.group.iteration}/${item.group.at}/${item.completion.at}`;
});

/** The open token. */
export const openToken: ReadonlySignal<number | undefined> = computed(() => {
  const place = Number.parseInt(token.value, 10);
  return Number.isNaN(place) ? undefined : place;
});

const key = computed(() => {
  const run = openRun.value;
  if (run === undefined || openPlace.value === "" || openToken.value === undefined) return "";
  return JSON.stringify([run.id, openPlace.value, weights.value, run.version]);
});

/** Asks a model of a run about a completion. */
export function look(
  run: string,
  place: string,
  query: URLSearchParams,
  abort?: AbortSignal,
): Promise<Inspection> {
  return askRun<Inspection>(run, `inspect/${place}?${query}`, abort);
}

/** The inspection of the open completion by the chosen weights. */
export const inspection: SlowAnswer<Inspection> = slowAnswer(key, (asked, abort) => {
  const [run, place, name] = JSON.parse(asked) as [string, string, string];
  return look(run, place, new URLSearchParams(name === "" ? {} : { weights: name }), abort);
});
