/**
 * @module
 * Finished evaluations as a comparison: the answers that two or more runs gave to the same problems, paired by problem.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ConfigError, DataError } from "../errors/index.ts";
import { type RecordedAnswers, readAnswers, unfinishedNote } from "../eval/index.ts";
import { areDistinctPlaces } from "../files/index.ts";
import { mean } from "../math/index.ts";
import { sameBut } from "./baseline.ts";
import { meanScore } from "./mean-score.ts";
import type { Measured } from "./measure.ts";
import { type Comparison, comparison } from "./rows.ts";

/** One answers file. */
interface Evaluation {
  readonly path: string;
  readonly header: RecordedAnswers["header"];
  /** Mean score of a problem over its samples, null where an answer was not judged; by place and id of the problem. */
  readonly scores: ReadonlyMap<string, number | null>;
  /** That it is not finished, in words. */
  readonly unfinished: string | undefined;
}

const ANSWERS = "answers.jsonl";
/** Folder of a run directory with its evaluations. */
const EVALUATIONS = "evaluation";
const AXIS = "answers of";

function evaluationAt(path: string): Evaluation {
  const recorded = readAnswers(path);
  const { header, answers } = recorded;
  const byProblem = new Map<string, (number | null)[]>();
  for (const { index, problem, score } of answers) {
    const key = `${index} ${problem}`;
    byProblem.set(key, [...(byProblem.get(key) ?? []), score]);
  }
  const scores = [...byProblem].map(([key, own]) => [key, meanScore(own)] as const);
  return { path, header, scores: new Map(scores), unfinished: unfinishedNote(path, recorded) };
}

/**
 * The evaluations of a run directory, or of a directory that `fovea eval --out` wrote, by the name of their folder.
 *
 * @throws DataError when the directory has no answers
 */
function evaluationsIn(directory: string): Map<string, Evaluation> {
  if (existsSync(directory) && !statSync(directory).isDirectory()) {
    throw new ConfigError(
      `${directory}: expected a directory of finished evaluations, got a file; a grid is compared alone`,
    );
  }
  const own = join(directory, EVALUATIONS);
  const root = existsSync(own) ? own : directory;
  const files = existsSync(root)
    ? readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => basename(file) === ANSWERS)
    : [];
  if (files.length === 0) {
    throw new DataError(
      `${directory}: expected answers of an evaluation (${EVALUATIONS}/<benchmark>/${ANSWERS}), got none; fovea eval writes them`,
    );
  }
  return new Map(
    files.sort().map((file) => {
      const evaluation = evaluationAt(join(root, file));
      const folder = dirname(file);
      return [folder === "." ? evaluation.header.benchmark : folder, evaluation];
    }),
  );
}

/** Settings that differ between evaluations of one benchmark, in words. */
function differingSettings(column: string, evaluations: readonly Evaluation[]): string[] {
  const settings = evaluations.map(({ header: { verdict, protocol, prompt, options } }) => ({
    verdict,
    ...protocol,
    prompt,
    options,
  }));
  const keys = [...new Set(settings.flatMap((own) => Object.keys(own)))];
  return keys.flatMap((key) => {
    const values = settings.map((own) => JSON.stringify((own as Record<string, unknown>)[key]) ?? "none");
    return new Set(values).size === 1 ? [] : [`${column}: ${key} differs: ${values.join(", ")}`];
  });
}

/**
 * Scores of the problems that all evaluations of a benchmark have.
 *
 * @throws DataError when the evaluations are of other problems
 */
function pairedColumn(column: string, evaluations: readonly Evaluation[]) {
  const [first, ...others] = evaluations;
  for (const { path, header } of others) {
    const [expected, got] = [first!.header, header].map(({ benchmark, fingerprint }) =>
      JSON.stringify({ benchmark, fingerprint }),
    );
    if (expected !== got) {
      throw new DataError(
        `${path}: expected answers to the problems of ${first!.path}, ${expected}, got ${got}`,
      );
    }
  }
  const keys = [...first!.scores.keys()].filter((key) => others.every(({ scores }) => scores.has(key)));
  if (keys.length === 0) {
    const paths = evaluations.map(({ path }) => path).join(" and ");
    throw new DataError(
      `${paths}: expected answers to the same problems, got no problem that all of them have`,
    );
  }
  const counts = evaluations.map(({ scores }) => scores.size);
  const isPartial = counts.some((count) => count > keys.length);
  const notes = [
    ...(isPartial
      ? [`${column}: compares the ${keys.length} problems that all have, of ${counts.join(" and ")}`]
      : []),
    ...differingSettings(column, evaluations),
    ...evaluations.flatMap(({ unfinished }) => unfinished ?? []),
  ];
  const measured = evaluations.map(({ scores: own }): Measured => {
    const scores = keys.map((key) => own.get(key)!);
    const judged = scores.filter((score) => score !== null);
    return { value: judged.length === 0 ? Number.NaN : mean(judged), scores };
  });
  return { measured, notes };
}

/**
 * Compares finished evaluations problem by problem: a row for each directory and a column for each benchmark. Notes name
 * problems and benchmarks that the numbers leave out, and settings that differ.
 *
 * @param directories run directories, or directories that `fovea eval --out` wrote; at least two. The first is the baseline
 * @throws ConfigError when a directory is named twice or there are fewer than two
 * @throws DataError when a directory has no answers, no benchmark is in all of them, or the problems are others
 */
export function compareEvaluations(directories: readonly string[]): Comparison {
  if (directories.length < 2 || !areDistinctPlaces(directories)) {
    throw new ConfigError(
      `expected two directories of finished evaluations or more, each once, got ${directories.join(" ")}`,
    );
  }
  const found = directories.map(evaluationsIn);
  const [first, ...others] = found;
  const shared = [...first!.keys()].filter((name) => others.every((own) => own.has(name)));
  if (shared.length === 0) {
    const had = found.map((own, i) => `${directories[i]} has ${[...own.keys()].join(", ")}`).join("; ");
    throw new DataError(`expected a benchmark that all directories have answers to, got none: ${had}`);
  }
  const columns = shared.map((name) => ({
    name,
    ...pairedColumn(
      name,
      found.map((own) => own.get(name)!),
    ),
  }));
  const missing = [...new Set(found.flatMap((own) => [...own.keys()]))].filter(
    (name) => !shared.includes(name),
  );
  const results = directories.map((directory, i) => ({
    cell: { labels: { [AXIS]: directory }, seed: 0, isTrained: true },
    measured: Object.fromEntries(columns.map(({ name, measured }) => [name, measured[i]!])),
  }));
  const table = comparison(
    {
      axes: [AXIS],
      measures: columns.map(({ name }) => ({ name, unit: "share" as const })),
      baseline: sameBut({ [AXIS]: directories[0]! }),
      averages: [],
      pairing: "problems",
    },
    results,
  );
  return {
    ...table,
    rows: table.rows.map((row) => ({ ...row, seeds: [] })),
    notes: [
      ...table.notes,
      ...missing.map((name) => `${name}: left out, since not all directories have answers to it`),
      ...columns.flatMap(({ notes }) => notes),
    ],
  };
}
