/**
 * @module
 * Completions that were recorded before: rollouts of a run, or a JSON-lines file of one's own.
 */
import * as z from "zod";
import { DataError } from "../../errors/index.ts";
import { faultText } from "../../parts/index.ts";
import { openJsonl } from "../files/jsonl-table.ts";
import { annotationKey, completionHash } from "./annotations.ts";

const lineSchema = z.object({
  problem: z.string().min(1),
  completion: z.string(),
  index: z.int().min(0).optional(),
  tokens: z.array(z.int().min(0)).optional(),
  stopReason: z.string().optional(),
  question: z.string().optional(),
  answers: z.array(z.string()).optional(),
});

/** One recorded completion. */
export interface RecordedCompletion {
  /** File and line, for messages. */
  readonly place: string;
  /** Id of the problem. */
  readonly problem: string;
  readonly text: string;
  /** Place of the problem in its source, where it is recorded. */
  readonly index?: number;
  /** Ids of the tokens by the model that wrote it, where they are recorded. */
  readonly tokens?: readonly number[];
  /** Whether it ended at the limit of length, without a stop token. */
  readonly isTruncated: boolean;
  readonly question?: string;
  readonly answers?: readonly string[];
}

/** Longer lines are refused. */
const MAX_LINE_BYTES = 64 << 20;

function completionOf(row: unknown, place: string): RecordedCompletion {
  const parsed = lineSchema.safeParse(row);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new DataError(`${place}: ${issue.path.join(".")}: ${faultText(issue, row)}`);
  }
  const { problem, completion, index, tokens, stopReason, question, answers } = parsed.data;
  return {
    place,
    problem,
    text: completion,
    ...(index !== undefined && { index }),
    ...(tokens !== undefined && { tokens }),
    isTruncated: stopReason === "length",
    ...(question !== undefined && { question }),
    ...(answers !== undefined && { answers }),
  };
}

/**
 * Reads completions, file by file and line by line: `{ problem, completion, index?, tokens?, stopReason? }`, other keys
 * ignored. A problem's completion that comes again is left out.
 *
 * @param paths of JSON-lines files
 * @throws DataError when a file cannot be read, or a line is not a completion
 */
export async function* recordedCompletions(paths: readonly string[]): AsyncGenerator<RecordedCompletion> {
  const seen = new Set<string>();
  for (const path of paths) {
    const table = await openJsonl(path, MAX_LINE_BYTES);
    for (let row = 0; row < table.size; row++) {
      const completion = completionOf(await table.row(row), table.place(row));
      const key = annotationKey(completion.problem, completionHash(completion.text));
      if (seen.has(key)) continue;
      seen.add(key);
      yield completion;
    }
  }
}
