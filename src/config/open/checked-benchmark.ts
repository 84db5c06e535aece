/**
 * @module
 * The benchmark of a user module, held to the contract: its name, its source, its verdict, its measures.
 */
import type { Benchmark, Measure, ScoredAnswer } from "../../benchmark/index.ts";
import { checkedSource, openSource } from "../../data/index.ts";
import { ConfigError, PartError } from "../../errors/index.ts";
import { calling, membersOf, partError, shownValue } from "../../parts/index.ts";
import { checkedVerdict } from "../../verify/index.ts";
import type { MadePart } from "../modules/load-module.ts";
import { moduleVerdictName } from "./open-verdict.ts";
import { requirePlainName } from "./plain-name.ts";

const BENCHMARK_MEMBERS = ["options", "judge", "asksJudge", "judgeRead", "cluster"] as const;

/** Room for rounding above the most of a measure, as a share of it. */
const ROUNDING = 1e-9;

/**
 * A module's benchmark; its problems are checked when they are read, its measures when they are computed.
 *
 * @param module path of its file
 * @param limit milliseconds of one problem or judgement
 * @throws ConfigError naming file and export
 */
export function checkedBenchmark(
  { part, name, origin }: MadePart<Benchmark>,
  module: string,
  limit: number,
): Benchmark {
  const own = part.name ?? name;
  requirePlainName(own, `benchmark (${origin})`);
  const where = `benchmark "${own}" (${origin})`;
  if (typeof part.verdict?.judge !== "function") {
    throw new ConfigError(`${where}: verdict: expected an object with judge, got ${typeof part.verdict}`);
  }
  if (part.source === undefined || typeof part.measures !== "function") {
    throw new ConfigError(
      `${where}: expected a source and measures, got ${Object.keys(part).join(", ") || "nothing"}`,
    );
  }
  const shown = part.verdict.name ?? "own";
  const verdict = {
    name: moduleVerdictName(shown, { module }),
    judge: part.verdict.judge.bind(part.verdict),
  };
  return {
    ...membersOf(part, BENCHMARK_MEMBERS),
    name: own,
    verdict: checkedVerdict(verdict, `verdict "${shown}" (${origin})`, limit),
    measures: checkedMeasures(part, `${where}: measures`),
    source: async () =>
      checkedSource(await calling(where, limit, () => openSource(part.source)), { where, limit }),
  };
}

/** The measures of a benchmark, which get a list of answers of their own. */
function checkedMeasures(part: Benchmark, where: string): Benchmark["measures"] {
  // The same copy in every call, so that a benchmark can keep what it found in an answer.
  const shown = new WeakMap<ScoredAnswer, ScoredAnswer>();
  const shownAnswer = (answer: ScoredAnswer) => {
    const copy = shown.get(answer) ?? Object.freeze({ ...answer });
    shown.set(answer, copy);
    return copy;
  };
  return (answers) => {
    try {
      const found: unknown = part.measures(answers.map(shownAnswer));
      requireMeasures(found, where);
      return found;
    } catch (error) {
      throw partError(error, where);
    }
  };
}

function requireMeasures(found: unknown, where: string): asserts found is readonly Measure[] {
  if (!Array.isArray(found)) {
    if (found instanceof Promise) found.catch(() => {});
    const got = found instanceof Promise ? "a promise" : shownValue(found);
    throw new PartError(`${where}: expected a list of measures, got ${got}`);
  }
  const names = new Set<string>();
  for (const [m, measure] of (found as readonly unknown[]).entries()) {
    const { name, value, most } = (measure ?? {}) as Partial<Measure>;
    if (typeof name !== "string" || name === "") {
      throw new PartError(`${where}[${m}]: expected { name, value, of }, got ${shownValue(measure)}`);
    }
    if (names.has(name)) throw new PartError(`${where}: expected distinct names, got "${name}" twice`);
    names.add(name);
    if (most !== undefined && !(typeof most === "number" && most > 0)) {
      throw new PartError(`${where}: ${name}: most: expected a number above 0, got ${shownValue(most)}`);
    }
    requireValue(value, most, `${where}: ${name}`);
  }
}

/** A share is in [0, 1], points are at most as many as there can be; whether they are numbers is checked in the report. */
function requireValue(value: unknown, most: number | undefined, where: string): void {
  if (typeof value !== "number") return;
  const isBelow = most === undefined && value < 0;
  if (!isBelow && !(value > (most ?? 1) * (1 + ROUNDING))) return;
  const expected =
    most === undefined ? "a share in [0, 1]; points say by most how many there can be" : `at most ${most}`;
  throw new PartError(`${where}: value: expected ${expected}, got ${value}`);
}
