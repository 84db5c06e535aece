/**
 * @module
 * A file of annotations: JSON lines in which people say of stretches of completions what they do and whether they are
 * right.
 */
import { createHash } from "node:crypto";
import * as z from "zod";
import { DataError } from "../../errors/index.ts";
import { valueAt } from "../../parts/index.ts";
import { openJsonl } from "../files/jsonl-table.ts";

/** Roles that a span can have. */
const ROLES = ["image", "reasoning", "other"] as const;

const offset = z.int().min(0);

const spanSchema = z
  .strictObject({
    start: offset.describe("First character, counted from 0 in Unicode code points, as Python counts."),
    end: offset.describe("One past the last character."),
    role: z.enum(ROLES).describe("image: read from the image; reasoning: derived; other: neither."),
    correct: z.boolean().optional().describe("Whether it is right; not given where nothing can be said."),
    right: z
      .array(z.string().min(1))
      .optional()
      .describe("Texts that would be right in its place; its own is, where correct is true."),
    text: z.string().optional().describe("The stretch itself, compared with the completion."),
  })
  .refine(({ start, end }) => start < end, { message: "expected end above start", path: ["end"] })
  .refine(({ role, correct }) => role !== "other" || correct === undefined, {
    message: "role other can be neither right nor wrong",
    path: ["correct"],
  })
  .refine(({ role, right }) => role !== "other" || right === undefined, {
    message: "does not apply to role other",
    path: ["right"],
  });

const lineSchema = z.strictObject({
  problem: z.string().min(1).describe("Id of the problem."),
  completion: z
    .string()
    .min(1)
    .describe("The completion's text, or the SHA-256 of its UTF-8 bytes in hexadecimal."),
  annotator: z
    .string()
    .min(1)
    .optional()
    .describe("Name of the annotator; where there are several, in each line."),
  spans: z
    .array(spanSchema, { error: "expected a list of spans" })
    .describe("Stretches that do not overlap; everything else is other."),
  index: z.unknown().optional().describe("For the annotator, not read."),
  question: z.unknown().optional().describe("For the annotator, not read."),
  answers: z.unknown().optional().describe("For the annotator, not read."),
});

/** A span of a completion with its label; `start` and `end` count Unicode code points. */
export type AnnotatedSpan = z.infer<typeof spanSchema>;

/** Everything that one annotator says of one completion. */
export interface Annotation {
  /** File and line, for messages. */
  readonly place: string;
  readonly problem: string;
  readonly completion: CompletionHash;
  /** "" where the file names none. */
  readonly annotator: string;
  /** By their start. */
  readonly spans: readonly AnnotatedSpan[];
}

/** SHA-256 of a completion's UTF-8 bytes in hexadecimal. */
export type CompletionHash = string;

/** The hash by which annotations find a completion. */
export function completionHash(text: string): CompletionHash {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** A file of annotations, read and consistent in itself. */
export interface Annotations {
  readonly path: string;
  /** Names in order; one "" where the file names none. */
  readonly annotators: readonly string[];
  /** By `annotationKey`, in the order of annotators. */
  readonly byCompletion: ReadonlyMap<string, readonly Annotation[]>;
}

/** The key of a problem's completion among annotations. */
export function annotationKey(problem: string, completion: CompletionHash): string {
  return `${completion} ${problem}`;
}

/** Longer lines are refused. */
const MAX_LINE_BYTES = 64 << 20;

function parseLine(row: unknown, place: string): z.infer<typeof lineSchema> {
  const parsed = lineSchema.safeParse(row);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const where = path.length === 0 ? "" : ` ${path.join(".")}:`;
  const isUnknownKey = issue?.code === "unrecognized_keys";
  const got = JSON.stringify(valueAt(row, path)) ?? "nothing";
  const shown = isUnknownKey ? "" : `, got ${got.length > 100 ? `${got.slice(0, 100)}…` : got}`;
  throw new DataError(`${place}:${where} ${issue?.message}${shown}`);
}

function annotationOf(row: unknown, place: string): Annotation {
  const { problem, completion, annotator = "", spans } = parseLine(row, place);
  const sorted = spans.toSorted((a, b) => a.start - b.start);
  for (const [i, { start, end }] of sorted.entries()) {
    const before = sorted[i - 1];
    if (before !== undefined && before.end > start) {
      throw new DataError(
        `${place}: expected spans that do not overlap, got ${before.start} to ${before.end} and ${start} to ${end}`,
      );
    }
  }
  const isHash = /^[0-9a-f]{64}$/.test(completion);
  return {
    place,
    problem,
    completion: isHash ? completion : completionHash(completion),
    annotator,
    spans: sorted,
  };
}

const namesOf = (annotators: readonly string[]) => annotators.map((name) => name || "none").join(", ");

/**
 * Reads annotations: JSON lines `{ problem, completion, annotator?, spans: [{ start, end, role, correct?, right?, text? }] }`.
 *
 * @throws DataError when the file cannot be read or is empty, a line is no annotation, or spans overlap. Also when an
 *   annotator has a completion twice, or completions have other annotators than the first.
 */
export async function readAnnotations(path: string): Promise<Annotations> {
  const table = await openJsonl(path, MAX_LINE_BYTES);
  const byCompletion = new Map<string, Annotation[]>();
  for (let row = 0; row < table.size; row++) {
    const annotation = annotationOf(await table.row(row), table.place(row));
    const key = annotationKey(annotation.problem, annotation.completion);
    const before = byCompletion.get(key) ?? [];
    const same = before.find(({ annotator }) => annotator === annotation.annotator);
    if (same !== undefined) {
      const by = annotation.annotator === "" ? "without an annotator" : `by ${annotation.annotator}`;
      throw new DataError(
        `${annotation.place}: expected a completion once ${by}, got it in ${same.place} as well`,
      );
    }
    byCompletion.set(
      key,
      [...before, annotation].sort((a, b) => (a.annotator < b.annotator ? -1 : 1)),
    );
  }
  const [first] = byCompletion.values();
  if (first === undefined)
    throw new DataError(`${path}: expected a line for each labelled completion, got none`);
  const annotators = first.map(({ annotator }) => annotator);
  for (const own of byCompletion.values()) {
    const names = own.map(({ annotator }) => annotator);
    if (namesOf(names) !== namesOf(annotators)) {
      throw new DataError(
        `${own[0]!.place}: expected every completion to have the annotators of ${first[0]!.place}, ` +
          `${namesOf(annotators)}, got ${namesOf(names)}`,
      );
    }
  }
  return { path, annotators, byCompletion };
}
