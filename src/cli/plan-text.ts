/**
 * @module
 * Plans of recipes as a table.
 */
import { textTable } from "../eval/index.ts";
import type { Plan, RecipeGrid } from "../recipe/index.ts";

const count = (value: number) => (Number.isNaN(value) ? "unknown" : value.toLocaleString("en"));

/** Seconds as hours and minutes. */
function durationWords(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function cells(
  name: string,
  { runs, done, starts, iterations, samples, mostSamples, tokens, seconds, cost }: Plan,
): string[] {
  return [
    name,
    done === 0 ? String(runs) : `${runs} (${done} done)`,
    String(starts),
    count(iterations),
    mostSamples > samples ? `${count(samples)} to ${count(mostSamples)}` : count(samples),
    count(tokens),
    seconds === undefined ? "" : durationWords(seconds),
    cost === undefined ? "" : `$${cost.toFixed(2)}`,
  ];
}

const HEADS = [
  "recipe",
  "runs",
  "measured untrained",
  "iterations",
  "samples of training",
  "tokens of these, at most",
  "time left",
  "their cost, at most",
];

/** One line a recipe, then totals, rows that are left out and columns that are not measured. */
export function planText(
  plans: readonly { readonly name: string; readonly plan: Plan; readonly grid: RecipeGrid }[],
  together: Plan,
): string {
  const lines = plans.map(({ name, plan }) => cells(name, plan));
  const all = plans.length > 1 ? [cells("together", together)] : [];
  const notes = plans.flatMap(({ name: recipe, grid }) =>
    [...grid.leftOut, ...grid.unmeasured].map(
      ({ name, reason }) => `${plans.length > 1 ? `${recipe}, ` : ""}${name}: ${reason}\n`,
    ),
  );
  const timed = together.seconds === undefined ? "time: unknown until a cell has run in --out\n" : "";
  return `${textTable([HEADS, ...lines, ...all])}\n${timed}${notes.join("")}`;
}
