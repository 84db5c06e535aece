/**
 * @module
 * The messages of the viewer's server to its page: plain JSON, types only, so that the compiler checks both sides. An
 * unknown number is null, never 0.
 */
import type { TokenRole } from "../credit/index.ts";
import type { CompletionInspection, ImageAttention } from "../inspect/inspection.ts";
import type { EvaluationRecord, IterationMetrics, RunEvent, WarmStartMetrics } from "../train/index.ts";

export type { EvaluationRecord, ImageAttention, IterationMetrics, RunEvent, WarmStartMetrics };

/** A list of many things: the newest, and all that were asked for by name. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** Number of older things that it lacks. */
  readonly older: number;
}

/** The early end of a run. */
export interface RunStop {
  /** `stopped` where the run recorded no end: its process was killed, or gives no sign of life. */
  readonly status: "failed" | "interrupted" | "stopped";
  /** The error's message, or how the stop was found; null where it was interrupted. */
  readonly message: string | null;
}

/** Bounds of a token's importance ratio, as the clipped surrogate takes them. */
export interface TokenClip {
  readonly clipLow: number;
  readonly clipHigh: number;
  readonly dualClip?: number;
}

/** One run in the list. */
export interface RunSummary {
  /** Used in addresses: the directory's name, made unique. */
  readonly id: string;
  /** The directory as the user wrote it. */
  readonly path: string;
  readonly kind: string;
  /** Why the run cannot be shown, in words; null when it can. */
  readonly problem: string | null;
  /** Iterations or steps of the whole run. */
  readonly planned: number | null;
  /** Another where another run was begun at the same path; of what is shown of a run, only that of this version is its. */
  readonly version: string;
  /** The newest iteration or step in metrics.jsonl. */
  readonly reached: number;
  /** Bytes of metrics.jsonl that were read: more whenever there is something new, even of the same iteration. */
  readonly metricsBytes: number;
  /** Whether the final model is there. */
  readonly isFinished: boolean;
  /**
   * How the run ended before its last iteration; null while it continues, as far as is known, and when it has
   * finished.
   */
  readonly stopped: RunStop | null;
  /** ISO 8601. */
  readonly startedAt: string | null;
  /** In words: algorithm and credit method. */
  readonly method: string | null;
  /** The bounds that clip each token's ratio; null where the algorithm has none, as with a ratio of whole completions. */
  readonly tokenClip: TokenClip | null;
  /** Configuration as dotted keys, for the difference between runs. */
  readonly config: Readonly<Record<string, string>>;
  /** Directories of weights that can be loaded, newest first, relative to the run. */
  readonly weights: readonly string[];
}

/** A run in the list of runs. */
export type ListedRun = Omit<RunSummary, "config"> & {
  /** Null where the page was sent it before. */
  readonly config: RunSummary["config"] | null;
};

export interface RunList extends Listed<ListedRun> {
  /** Sent with the next question: configurations that were sent by now are left out of its answer. */
  readonly seen: string;
}

/** One column of metrics: means over buckets of iterations, with the extremes where a bucket has several. */
export interface MetricColumn {
  readonly mean: readonly (number | null)[];
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
}

/** All numbers of one kind of event. */
export interface MetricEvent {
  /** Iteration or step; the last of each bucket. */
  readonly x: readonly number[];
  /** Width of a bucket, a power of two; the bucket of iteration i is number ⌈i / every⌉. */
  readonly every: number;
  readonly columns: Readonly<Record<string, MetricColumn>>;
}

/** A warning of a run, or a failure that did not stop it; equal messages are one. */
export interface RunWarning {
  readonly message: string;
  /** Iterations or steps of the first and of the last. */
  readonly first: number;
  readonly last: number;
  readonly times: number;
}

export interface MetricsReply {
  readonly run: string;
  /** By event: `iteration`, `evaluation`, `warm-start`. */
  readonly events: Readonly<Record<string, MetricEvent>>;
  /** The newest `MOST_WARNINGS` of all iterations, in the order in which they came first. */
  readonly warnings: readonly RunWarning[];
  /** Lines that are not JSON objects, such as one that was cut by a crash. */
  readonly unreadable: number;
  /** Whether numbers are left out, being too many: the first `MOST_METRICS` of a kind of line, and the first `MOST_EVENTS` kinds are kept. */
  readonly isCut: boolean;
}

/** One completion in a list. */
export interface CompletionSummary {
  /** Byte offset of its line in the file: its name. */
  readonly at: number;
  /** The beginning of its text. */
  readonly text: string;
  readonly reward: number | null;
  readonly rewardParts: Readonly<Record<string, number>>;
  readonly advantage: number | null;
  /** Whether the accuracy part is whole; null where there is none. */
  readonly isRight: boolean | null;
  readonly isTruncated: boolean;
  readonly tokens: number;
  /** Means over tokens, nats. */
  readonly logprob: number | null;
  readonly entropy: number | null;
  readonly weightMax: number | null;
  readonly alignment: number | null;
}

/** The completions of one prompt. */
export interface GroupSummary {
  readonly iteration: number;
  readonly problem: string;
  readonly index: number;
  readonly kind: string;
  readonly question: string;
  readonly answer: string;
  /** Images of the problem and patches of time of its videos; null where the run recorded no number and the question has no places. */
  readonly pictures: number | null;
  readonly hasSpread: boolean;
  /** Byte offset of the group's first line: its name. */
  readonly at: number;
  readonly completions: readonly CompletionSummary[];
  /** Completions of the group that are left out, being too many; spread and advantages count them. */
  readonly more: number;
}

export interface RolloutPage {
  readonly iteration: number;
  readonly groups: readonly GroupSummary[];
  /** Byte offset at which the next page begins; null at the end of the file. */
  readonly next: number | null;
  /** Lines that cannot be read. */
  readonly unreadable: number;
  /** Bytes of the file. */
  readonly size: number;
}

/** Completions of all iterations in one order, each with its group. */
export interface RolloutRanking {
  /** Each with the one completion that is meant. */
  readonly groups: readonly GroupSummary[];
  /** Place in the order at which the next page begins; null at its end. */
  readonly next: number | null;
  /** Completions that pass the filters. */
  readonly total: number;
  /** Whether the oldest iterations are left out, being too many. */
  readonly isCut: boolean;
  /** Lines that cannot be read. */
  readonly unreadable: number;
}

/** One completion with all that its line holds. */
export interface RolloutDetail {
  readonly iteration: number;
  readonly at: number;
  readonly problem: string;
  readonly index: number;
  readonly kind: string;
  readonly question: string;
  readonly answer: string;
  /** Accepted answers one by one; `answer` joins them. */
  readonly answers: readonly string[];
  /** As in `GroupSummary`. */
  readonly pictures: number | null;
  readonly completion: string;
  /** The answer that the run's verdict read out of it; null where it read none. */
  readonly extracted: string | null;
  /** The verdict's score; of a run of an earlier release the reward's part `accuracy`. */
  readonly verdict: number | null;
  readonly reward: number | null;
  readonly rewardParts: Readonly<Record<string, number>>;
  readonly advantage: number | null;
  readonly stopReason: string;
  readonly tokens: readonly number[];
  readonly tokenTexts: readonly string[];
  /** `[T]` nats. */
  readonly logprobs: readonly number[] | null;
  readonly entropy: readonly number[] | null;
  readonly weights: readonly number[] | null;
  readonly roles: readonly TokenRole[] | null;
  readonly alignment: readonly number[] | null;
}

/** A completion scored by weights of a run. */
export interface Inspection extends CompletionInspection {
  readonly weights: string;
  /** `[T][k]` texts of `alternatives`, "" for a token that ends the text; null where there are none. */
  readonly alternativeTexts: readonly (readonly string[])[] | null;
}

/** A greedy answer of some weights to a problem. */
export interface GreedyAnswer {
  readonly weights: string;
  readonly tokens: readonly number[];
  readonly tokenTexts: readonly string[];
  /** Whether it was cut at the limit. */
  readonly isCut: boolean;
  readonly logprobs: readonly number[];
  readonly isRight: boolean | null;
  /** Why the run's verdict was not asked; null where it was. */
  readonly unjudged: string | null;
}

/** A model as ONNX files, which the page can run. */
export interface ModelExport {
  /** Used in addresses. */
  readonly id: string;
  readonly path: string;
  /** The run whose directory holds it. */
  readonly run: string | null;
  /** Why it cannot be used, in words; null when it can. */
  readonly problem: string | null;
  /** Names of the files that can be asked for. */
  readonly files: readonly string[];
  /** Of its graphs and their weights. */
  readonly bytes: number;
  /** The run's system message; null for the chat template's own. */
  readonly system: string | null;
  /** Text that the run puts after every question. */
  readonly suffix: string;
  /** The run's limit of a completion. */
  readonly maxTokens: number | null;
}

/** Sent when something changed on disk. */
export interface LiveEvent {
  readonly run: string;
  readonly reached: number;
  /** As in `RunSummary`. */
  readonly metricsBytes: number;
  readonly isFinished: boolean;
  /** Whether it has ended before its last iteration. */
  readonly isStopped: boolean;
  /** The directory can no longer be read. */
  readonly isGone: boolean;
}

/** Benchmark, model and verdict of a file of answers. */
export interface AnswersHead {
  readonly benchmark: string;
  /** The identity of the model that answered. */
  readonly model: string;
  readonly verdict: string;
}

/** A file of answers in the list. */
export interface AnswersSummary extends AnswersHead {
  /** Used in addresses: its folder, made unique. */
  readonly id: string;
  /** Why it cannot be read, in words; null when it can. */
  readonly problem: string | null;
}

/** One answer to one problem. */
export interface ShownAnswer {
  readonly problem: string;
  readonly index: number;
  readonly sample: number;
  readonly kind: string;
  readonly question: string;
  readonly options: readonly string[];
  /** Accepted answers. */
  readonly answers: readonly string[];
  readonly completion: string;
  readonly extracted: string | null;
  /** 0 to 1; null where it was not judged. */
  readonly score: number | null;
  /** Why the verdict says so. */
  readonly reason: string;
  readonly isTruncated: boolean;
  readonly tokens: number | null;
  /** The answer of the other model; null where it has none. */
  readonly other: Omit<ShownAnswer, "other"> | null;
}

/** A mean score with its 95 % interval; without one where scores are no shares, or too many are graded. */
export interface ScoreInterval {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Two files over the problems that were judged in both and pass kind and search. */
export interface PairedScores {
  readonly problems: number;
  /** Mean scores; null without a problem. */
  readonly own: number | null;
  readonly other: number | null;
  /** The other less the own, paired by problem. */
  readonly difference: ScoreInterval | null;
}

export interface AnswerPage {
  readonly answers: readonly ShownAnswer[];
  /** Kinds of the problems. */
  readonly kinds: readonly string[];
  /** Answers that pass kind and search by outcome: `all`, `right`, `wrong`, … */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Mean score of the judged answers among them. */
  readonly score: ScoreInterval | null;
  /** Beside another file; null without one. */
  readonly paired: PairedScores | null;
  /** Answers that pass the filters. */
  readonly total: number;
  readonly next: number | null;
  /** Number of the file's first answers that are read, where it has more; null where all are. */
  readonly cutAfter: number | null;
  /** Planned answers that are not there yet; 0 where the plan is not known. */
  readonly missing: number;
  /** Lines that cannot be read, of both files. */
  readonly unreadable: number;
}

/** One measure of one row of a grid's table. */
export interface GridValue {
  readonly mean: number;
  /** Ends of the 95 % interval; null where it is infinite. */
  readonly low: number | null;
  readonly high: number | null;
  /** To the baseline, with its adjusted p-value; null where there is none. */
  readonly difference: number | null;
  readonly pAdjusted: number | null;
}

export interface GridRow {
  /** Value's name by axis. */
  readonly labels: Readonly<Record<string, string>>;
  /** `training`, `start` for the weights that learning began with, or `mean` over axes. */
  readonly of: string;
  readonly seeds: number;
  readonly values: Readonly<Record<string, GridValue>>;
  /** Runs of the row's cells, by their ids. */
  readonly runs: readonly string[];
}

/** The table that `fovea compare` wrote. */
export interface GridTable {
  readonly axes: readonly string[];
  readonly columns: readonly { readonly name: string; readonly unit: string }[];
  readonly rows: readonly GridRow[];
  /** Name of the baseline of all rows. */
  readonly baseline: string | null;
  /** In words: what intervals and tests of each column are over, and what the numbers leave out. */
  readonly notes: readonly string[];
}

export interface GridSummary extends GridTable {
  readonly id: string;
  /** Why the table cannot be read, in words; null when it can. */
  readonly problem: string | null;
}
