/**
 * @module
 * The list of runs: which of them a search keeps, and in which order they are listed.
 */
import type { RunSummary } from "../../src/view/protocol.ts";

/** Orders that can be chosen, the usual one first. */
export const ORDERS = ["newest", "oldest", "name"] as const;
export type Order = (typeof ORDERS)[number];

type OrderedRun = Pick<RunSummary, "id" | "startedAt">;

const WARM_START = "/warm-start";
const parentOf = (id: string) => (id.endsWith(WARM_START) ? id.slice(0, -WARM_START.length) : id);

/** Runs by their start or name, each warm start after its run; runs without a time come last. */
export function orderedRuns<Run extends OrderedRun>(runs: readonly Run[], order: Order): Run[] {
  const startOf = new Map(runs.map(({ id, startedAt }) => [id, startedAt ?? ""]));
  const start = ({ id }: Run) => startOf.get(parentOf(id)) ?? startOf.get(id) ?? "";
  const byName = (a: Run, b: Run) => a.id.localeCompare(b.id, "en", { numeric: true });
  const byTime = (a: Run, b: Run) => {
    const [one, other] = [start(a), start(b)];
    if (one === other) return byName(a, b);
    if (one === "" || other === "") return one === "" ? 1 : -1;
    return (order === "oldest" ? 1 : -1) * one.localeCompare(other);
  };
  return runs.toSorted(order === "name" ? byName : byTime);
}

type SearchedRun = Pick<RunSummary, "id" | "method" | "problem" | "isFinished" | "stopped" | "config">;

type RunState = Pick<RunSummary, "problem" | "isFinished" | "stopped">;

/** The state of a run in one word. */
export function stateWord({ problem, isFinished, stopped }: RunState): string {
  if (problem !== null) return "broken";
  if (isFinished) return "finished";
  return stopped?.status ?? "live";
}

/** How many of some runs are in each state: `2 finished, 1 interrupted`. */
export function statesText(runs: readonly RunState[]): string {
  const counts = new Map<string, number>();
  for (const word of runs.map(stateWord)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
}

/**
 * Whether a run has every word of a search in its name, its method, its state or, with `=` in the word, its settings:
 * `dyco-rl train.seed=1 failed`.
 */
export function hasWords(run: SearchedRun, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const text = `${run.id} ${run.method ?? ""} ${stateWord(run)}`.toLowerCase();
  const hasSetting = (word: string) => {
    const [key = "", value = ""] = word.split("=", 2);
    return Object.entries(run.config).some(([setting, own]) => {
      const name = setting.toLowerCase();
      const isNamed = name === key || name.endsWith(`.${key}`);
      // Of a text its beginning is enough; a number is meant whole.
      return isNamed && (own.startsWith('"') ? own.toLowerCase().startsWith(`"${value}`) : own === value);
    });
  };
  return words.every((word) => (word.includes("=") ? hasSetting(word) : text.includes(word)));
}
