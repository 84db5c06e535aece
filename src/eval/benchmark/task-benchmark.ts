/**
 * @module
 * A split of a task as a benchmark: accuracy over all and by kind, and the task's own measures.
 */
import {
  accuracy,
  accuracyBy,
  type Benchmark,
  type Measure,
  type ScoredAnswer,
} from "../../benchmark/index.ts";
import { type Split, splitSource, type Task } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { isRight, type Verdict } from "../../verify/index.ts";

/** The task's own measures: counts added over answers. */
function ownMeasures(answers: readonly ScoredAnswer[], measures: NonNullable<Task["measures"]>): Measure[] {
  const tallies = new Map<string, { right: number; of: number }>();
  for (const { problem, text, ...judgement } of answers) {
    if (judgement.score === null) continue;
    for (const [name, { right, of }] of Object.entries(measures(problem, text, isRight(judgement)))) {
      if (!(Number.isInteger(right) && Number.isInteger(of) && right >= 0 && right <= of)) {
        throw new DataError(
          `measure ${name} of problem ${problem.id}: expected whole numbers 0 ≤ right ≤ of, got ${right} of ${of}`,
        );
      }
      const sum = tallies.get(name) ?? { right: 0, of: 0 };
      tallies.set(name, { right: sum.right + right, of: sum.of + of });
    }
  }
  return [...tallies].map(([name, { right, of }]) => ({ name, value: of === 0 ? null : right / of, of }));
}

/**
 * The problems of a split, judged by the run's verdict.
 *
 * @throws DataError when the task has no such split
 */
export async function taskBenchmark(task: Task, split: Split, verdict: Verdict): Promise<Benchmark> {
  const measures = task.measures?.bind(task);
  return {
    name: `${task.name}-${split}`,
    source: await splitSource(task, split),
    verdict,
    measures(answers) {
      const kinds = accuracyBy(answers, ({ kind }) => kind);
      return [
        accuracy(answers),
        ...(kinds.length > 1 ? kinds : []),
        ...(measures === undefined ? [] : ownMeasures(answers, measures)),
      ];
    },
  };
}
