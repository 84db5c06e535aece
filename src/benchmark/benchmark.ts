/**
 * @module
 * A benchmark: a source of problems, each with the prompt of the benchmark's authors, a verdict on each answer, and the
 * measures of all answers together.
 */
import type * as z from "zod";
import type { AnsweredProblem, Opened, ProblemSource } from "../data/index.ts";
import type { PromptOption } from "../judge/index.ts";
import type { Definition, KindDefinition, KindSchema } from "../parts/index.ts";
import type { JudgedProblem, Judgement, Verdict } from "../verify/index.ts";

/** An answer of a model with the verdict on it. */
export interface ScoredAnswer extends Judgement {
  readonly problem: AnsweredProblem;
  /** The whole completion. */
  readonly text: string;
}

/** One number that a benchmark reports. */
export interface Measure {
  /** Unique in its benchmark, such as "accuracy", "geometry" or "strict". */
  readonly name: string;
  /** A share in [0, 1], or points where `most` says how many there can be; null where there is nothing to measure. */
  readonly value: number | null;
  /** Answers, or groups of them, that it is of. */
  readonly of: number;
  /** The most points of a measure that is not a share, such as 2,000 of MME's perception. */
  readonly most?: number;
  /** `[of]` in [0, 1]: of a mean, what it is the mean of; the interval goes by it. */
  readonly values?: readonly number[];
  /**
   * `[of]` the problem of each value, of a group one of its problems. Values of several samples are paired by it, and the
   * clusters of a mean are counted by it.
   */
  readonly problems?: readonly AnsweredProblem[];
}

/** A benchmark, open. */
export interface Benchmark {
  readonly name: string;
  /** The options with which it was opened, for the record: only options on which its problems depend. */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * Every problem's question is the prompt of the authors, with `<image>` in the place of each image or without any. Given
   * as a function, files are opened when problems are asked for: judging recorded answers again needs none.
   */
  readonly source: Opened<ProblemSource>;
  /** Decides on single answers by rule. */
  readonly verdict: Verdict;
  /** The judge's prompt in the authors' protocol, where a judge is asked; "binary" unless given. */
  readonly judge?: PromptOption;
  /** Whether the protocol asks the judge about a completion, or the rule decides; always unless given. */
  asksJudge?(text: string, problem: JudgedProblem): boolean;
  /** Decides on an answer that the judge has read out of a completion; the verdict on it as a marked answer unless given. */
  judgeRead?(answer: string, problem: JudgedProblem, text: string): Judgement;
  /**
   * Measures of one answer to each problem, the main one first. `accuracy` and `accuracyBy` serve most benchmarks.
   *
   * A pure function; called again on resampled answers for intervals.
   */
  measures(answers: readonly ScoredAnswer[]): readonly Measure[];
  /**
   * The group of a problem whose answers depend on each other, such as the variants of one question: intervals resample
   * whole groups. The problem's id unless given.
   */
  cluster?(problem: AnsweredProblem): string;
}

/** Facts about the evaluation that a benchmark is opened with. */
export interface BenchmarkContext {
  /** Directory with the benchmark's files, or one of them; undefined where none is given. */
  readonly data: string | undefined;
  /** Of draws that the benchmark itself makes, such as the order of options. */
  readonly seed: number;
}

/** The facts that `fovea benchmarks` shows. */
export interface BenchmarkFacts {
  readonly title: string;
  /** The task in a few words. */
  readonly task: string;
  /** Problems as published, by split where there are several. */
  readonly size: string;
  /** The main measure. */
  readonly metric: string;
  /** Names of the files that are read, by who publishes them. */
  readonly files: readonly string[];
  /** The paper or page of the authors. */
  readonly source: string;
  /** Of the data, as their publisher states it. */
  readonly licence: string;
}

type MaybePromise<T> = T | Promise<T>;

/** A built-in benchmark: its schema has the `kind` that names it. */
export interface BuiltInBenchmark<Schema extends KindSchema>
  extends KindDefinition<Schema, BenchmarkContext, MaybePromise<Benchmark>> {
  readonly facts: BenchmarkFacts;
}

/** A benchmark of a user module. */
export interface OwnBenchmark<Schema extends z.ZodType>
  extends Definition<Schema, BenchmarkContext, MaybePromise<Benchmark>> {
  readonly facts?: BenchmarkFacts;
}

/** Gives a benchmark's definition its types. */
interface DefineBenchmark {
  <Schema extends KindSchema>(definition: BuiltInBenchmark<Schema>): BuiltInBenchmark<Schema>;
  <Schema extends z.ZodType>(definition: OwnBenchmark<Schema>): OwnBenchmark<Schema>;
}

/** A benchmark: its options, if it has any, its maker, and its facts. */
export const defineBenchmark: DefineBenchmark = <T>(definition: T) => definition;
