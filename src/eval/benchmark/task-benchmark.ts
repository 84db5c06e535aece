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

type Tallies = ReturnType<NonNullable<Task["measures"]>>;

/** Counts of one answer; values that are not counts are rejected with an error that names them. */
function checkedTallies(tallies: Tallies, problem: string): Tallies {
  for (const [name, { right, of }] of Object.entries(tallies)) {
    if (Number.isInteger(right) && Number.isInteger(of) && right >= 0 && right <= of) continue;
    throw new DataError(
      `measure ${name} of problem ${problem}: expected whole numbers 0 ≤ right ≤ of, got ${right} of ${of}`,
    );
  }
  return tallies;
}

/** The task's own measures: counts added over answers. An answer is counted once, in however many samples it is measured. */
function ownMeasures(
  measures: NonNullable<Task["measures"]>,
): (answers: readonly ScoredAnswer[]) => Measure[] {
  const known = new WeakMap<ScoredAnswer, Tallies>();
  const talliesOf = (answer: ScoredAnswer) => {
    const { problem, text } = answer;
    const tallies = known.get(answer) ?? checkedTallies(measures(problem, text, isRight(answer)), problem.id);
    known.set(answer, tallies);
    return tallies;
  };
  return (answers) => {
    const sums = new Map<string, { right: number; of: number }>();
    for (const answer of answers) {
      if (answer.score === null) continue;
      for (const [name, { right, of }] of Object.entries(talliesOf(answer))) {
        const sum = sums.get(name) ?? { right: 0, of: 0 };
        sums.set(name, { right: sum.right + right, of: sum.of + of });
      }
    }
    return [...sums].map(([name, { right, of }]) => ({ name, value: of === 0 ? null : right / of, of }));
  };
}

/**
 * The problems of a split, judged by the run's verdict.
 *
 * @throws DataError when the task has no such split
 */
export async function taskBenchmark(task: Task, split: Split, verdict: Verdict): Promise<Benchmark> {
  const own = task.measures && ownMeasures(task.measures.bind(task));
  return {
    name: `${task.name}-${split}`,
    source: await splitSource(task, split),
    verdict,
    measures(answers) {
      const kinds = accuracyBy(answers, ({ kind }) => kind);
      return [
        accuracy(answers),
        ...(kinds.length > 1 ? kinds : []),
        ...(own === undefined ? [] : own(answers)),
      ];
    },
  };
}
