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
import { isRight, type Verdict } from "../../verify/index.ts";
import { TallySums, talliesOf } from "../task-tally.ts";

/** The task's own measures: counts added over answers. An answer is counted once, in however many samples it is measured. */
function ownMeasures(
  measures: NonNullable<Task["measures"]>,
): (answers: readonly ScoredAnswer[]) => Measure[] {
  const known = new WeakMap<ScoredAnswer, ReturnType<typeof talliesOf>>();
  const counted = (answer: ScoredAnswer) => {
    const tallies = known.get(answer) ?? talliesOf(measures, answer.problem, answer.text, isRight(answer));
    known.set(answer, tallies);
    return tallies;
  };
  return (answers) => {
    const sums = new TallySums();
    for (const answer of answers) {
      if (answer.score === null) continue;
      for (const [name, tally] of counted(answer)) sums.add(name, tally);
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
