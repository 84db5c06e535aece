/**
 * @module
 * The two sets of weights that are compared, and the inspection and the answer of each for the open completion.
 */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { GreedyAnswer, Inspection } from "../../src/view/protocol.ts";
import { param } from "./address.ts";
import { askRun } from "./api.ts";
import { look, openPlace } from "./inspection-state.ts";
import { opened } from "./rollouts-state.ts";
import { openRun, runs } from "./runs-state.ts";
import { type SlowAnswer, slowAnswer } from "./slow-answer.ts";
import { type WeightsPlace, weightsId, weightsPlace } from "./weights-place.ts";

/** Weights that can be chosen. */
export interface WeightsChoice extends WeightsPlace {
  readonly id: string;
}

const beforeKey = param("before");
const afterKey = param("against");

/** All weights of all runs, the open run's first. */
export const choices: ReadonlySignal<readonly WeightsChoice[]> = computed(() => {
  const own = openRun.value?.id;
  const ordered = runs.value.toSorted((a, b) => Number(b.id === own) - Number(a.id === own));
  return ordered.flatMap(({ id: run, weights }) =>
    weights.map((name) => ({ id: weightsId({ run, name }), run, name })),
  );
});

const ofOpenRun = computed(() => choices.value.filter(({ run }) => run === openRun.value?.id));
const chosen = (id: string) => choices.value.find((choice) => choice.id === id);

/** The oldest weights of the open run unless the address names others. */
export const before: ReadonlySignal<WeightsChoice | undefined> = computed(
  () => chosen(beforeKey.value) ?? ofOpenRun.value.at(-1),
);
/** The newest unless the address names others. */
export const after: ReadonlySignal<WeightsChoice | undefined> = computed(
  () => chosen(afterKey.value) ?? ofOpenRun.value[0],
);

/** Both inspections. */
export interface Both {
  readonly before: Inspection;
  readonly after: Inspection;
  readonly answerBefore: GreedyAnswer;
  readonly answerAfter: GreedyAnswer;
}

const key = computed(() => {
  const [run, index] = [openRun.value, opened.value?.group.index];
  const [one, other] = [before.value?.id, after.value?.id];
  if (run === undefined || index === undefined || openPlace.value === "") return "";
  return one === undefined || other === undefined
    ? ""
    : JSON.stringify([run.id, index, openPlace.value, one, other, run.version]);
});

function queryOf(id: string): URLSearchParams {
  const { run, name } = weightsPlace(id);
  return new URLSearchParams({ of: run, weights: name });
}

async function ask(asked: string, abort: AbortSignal): Promise<Both> {
  const [run, index, place, one, other] = JSON.parse(asked) as [string, number, string, string, string];
  const greedy = (id: string) => askRun<GreedyAnswer>(run, `answer/${index}?${queryOf(id)}`, abort);
  // One model after the other: the server opens and uses them in the order in which it is asked.
  const [first, answerBefore] = await Promise.all([look(run, place, queryOf(one), abort), greedy(one)]);
  const [second, answerAfter] = await Promise.all([look(run, place, queryOf(other), abort), greedy(other)]);
  return { before: first, after: second, answerBefore, answerAfter };
}

/** The inspections by both sets of weights. */
export const comparison: SlowAnswer<Both> = slowAnswer(key, ask);
