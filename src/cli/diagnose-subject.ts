/**
 * @module
 * The input of `fovea diagnose`: completions to sample on a data set, or recorded completions with annotations.
 */
import {
  type AnnotatedLabels,
  annotatedLabels,
  annotationKey,
  completionHash,
  type RecordedCompletion,
  readAnnotations,
  recordedCompletions,
  type Split,
} from "../data/index.ts";
import { ConfigError } from "../errors/index.ts";
import type { Settings } from "../parts/index.ts";
import type { DiagnoseFlags } from "./diagnose-flags.ts";
import { recordedFiles, recordedProblems } from "./recorded-input.ts";

/** The completions to diagnose, and the labels of their tokens. */
export interface Subject {
  /** The data part of a configuration. */
  readonly data: string | Settings;
  readonly split: Split;
  /** Whether the split belongs to the completions; absent: any other may be set. */
  readonly isSplitFixed?: boolean;
  /** Absent when completions are sampled. */
  readonly recorded?: {
    readonly completions: readonly RecordedCompletion[];
    readonly labels: AnnotatedLabels;
  };
}

/** Recorded completions that a file of annotations labels. */
export async function labelledSubject(model: string, flags: DiagnoseFlags): Promise<Subject> {
  if (flags.labels === undefined) throw new ConfigError("--labels: expected a file of annotations");
  if (flags.problems !== undefined) {
    throw new ConfigError("--problems: does not apply to labels; all labelled completions are diagnosed");
  }
  const files = recordedFiles(model, flags);
  const problems = recordedProblems(model, flags);
  const annotations = await readAnnotations(flags.labels);
  const completions: RecordedCompletion[] = [];
  for await (const completion of recordedCompletions(files)) {
    const key = annotationKey(completion.problem, completionHash(completion.text));
    if (annotations.byCompletion.has(key)) completions.push(completion);
  }
  return { ...problems, recorded: { completions, labels: annotatedLabels(annotations, completions) } };
}

/** Completions to sample on a data set. */
export function sampledSubject(data: string, flags: DiagnoseFlags): Subject {
  for (const name of ["labels", "completions", "data"] as const) {
    if (flags[name] !== undefined) {
      throw new ConfigError(
        `--${name}: applies to recorded completions: fovea diagnose <model> labels --labels FILE`,
      );
    }
  }
  return { data, split: flags.split ?? "test" };
}
