/**
 * @module
 * From a row to a problem whose images and videos are still to be read.
 */
import { DataError } from "../../errors/index.ts";
import { questionParts } from "../question-parts.ts";
import { readAnswers } from "./choice.ts";
import type { ImageReference } from "./image-reference.ts";
import type { FilesOptions } from "./options.ts";
import { refuseFilledMarks, refuseOverlookedImage, refuseUnreadImage } from "./overlooked.ts";
import { type PlacedQuestion, placedQuestions } from "./placed-questions.ts";
import { withOptions } from "./question-text.ts";
import { asText } from "./rows/asked.ts";
import { Cells, isWrittenMissing } from "./rows/cells.ts";
import type { Part } from "./rows/reader.ts";
import type { FoundPart, RowReaders } from "./rows/row-readers.ts";
import type { FileFormat, Row } from "./table.ts";
import type { VideoReference } from "./video-reference.ts";

/** A problem without its images and videos. */
export interface RowProblem {
  readonly id: string | undefined;
  readonly question: string;
  readonly answers: readonly string[];
  readonly options: readonly string[] | undefined;
  /** Whether the row has options and the answer is not among them. */
  readonly isOutsideOptions: boolean;
  readonly kind: string;
  /** The system message that the row asks for; only the prompt format sets a system message. */
  readonly system: string | undefined;
  /** In the order of the question's places. */
  readonly images: readonly ImageReference[];
  readonly videos: readonly VideoReference[];
  /** The later questions of the same conversation, in order. */
  readonly later: readonly PlacedQuestion[];
  /** Columns, or paths into them, by the parts that were made of them. */
  readonly sources: Readonly<Partial<Record<Part | "hint", readonly string[]>>>;
}

/** How rows become problems. */
export interface RowOptions {
  readonly readers: RowReaders;
  readonly format: FileFormat;
  readonly answerPlaces: FilesOptions["answerPlaces"];
}

/** Most columns that are named. */
const NAMED = 12;

/** Says which columns a row has whose part is missing, and where the part was expected. */
function missing(part: "question" | "answer", row: Row, readers: RowReaders): DataError {
  const names = Object.keys(row);
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  const shown = names.slice(0, NAMED).join(", ") || "no columns";
  const named = readers.named(part);
  const expected =
    named === undefined
      ? `the row has ${shown}${more} (data.columns.${part} names its column)`
      : `expected it in "${named}", as data.columns.${part} says; the row has ${shown}${more}`;
  return new DataError(`${part}: is missing; ${expected}`);
}

function hintIn(cells: Cells): unknown {
  const hint = cells.at("hint");
  return isWrittenMissing(hint) ? undefined : hint;
}

/** The text of ms-swift's `system` column. */
function systemIn(row: Row, format: FileFormat): string | undefined {
  const found = new Cells(row, format).first(["system", "system_prompt"])?.value;
  return typeof found === "string" ? found : undefined;
}

/** Questions and answers of different origin belong together only where there is one question. */
function requireOneQuestion(question: FoundPart<"question">, answer: FoundPart<"answer">): void {
  const { later } = question.value;
  if (question.reader === answer.reader || later.length === 0) return;
  throw new DataError(
    `question: expected one question in ${question.columns.join(", ")} beside the answer in ${answer.columns.join(", ")}, ` +
      `got ${later.length + 1}`,
  );
}

/**
 * The problem that a row states. Of a conversation the first question and its answer count.
 *
 * @throws DataError, without file and row, when question or answer is missing or a cell cannot be meant
 */
export function rowProblem(row: Row, { readers, format, answerPlaces }: RowOptions): RowProblem {
  const found = <P extends Part>(part: P) => readers.read(part, row, format);
  const [asked, answered, choice] = [found("question"), found("answer"), found("options")];
  if (asked === undefined) throw missing("question", row, readers);
  if (answered === undefined) throw missing("answer", row, readers);
  requireOneQuestion(asked, answered);
  const options = choice?.value.texts;
  const { answers, isOption } = readAnswers(answered.value, choice?.value, answerPlaces);
  const [image, video, id, kind] = [found("image"), found("video"), found("id"), found("kind")];
  const cells = new Cells(row, format);
  const hint = hintIn(cells);
  const whole = withOptions(
    asked.value.text,
    options ?? [],
    hint === undefined ? undefined : asText(hint, "hint"),
  );
  const { first, later } = placedQuestions(asked.value, whole, image?.value ?? [], video?.value ?? []);
  const { question, images, videos } = first;
  if (question.trim() === "") throw new DataError("question: is empty");
  questionParts(question, images.length, videos.length);
  const sources: Partial<Record<Part | "hint", readonly string[]>> = {
    question: asked.columns,
    answer: answered.columns,
    ...(choice && { options: choice.columns }),
    ...(image && { image: image.columns }),
    ...(video && { video: video.columns }),
    ...(id && { id: id.columns }),
    ...(kind && { kind: kind.columns }),
    ...(hint !== undefined && { hint: cells.read }),
  };
  refuseFilledMarks(row, [question, ...answers]);
  if (readers.named("image") === undefined) {
    if (images.length + videos.length === 0) refuseOverlookedImage(row, Object.values(sources).flat());
    if (image !== undefined) refuseUnreadImage(cells, image);
  }
  return {
    id: id?.value,
    question,
    answers,
    options,
    isOutsideOptions: options !== undefined && !isOption,
    kind: kind?.value ?? "all",
    system: asked.value.system ?? systemIn(row, format),
    images,
    videos,
    later,
    sources,
  };
}

/**
 * The completion to imitate that a row has; undefined where it has none.
 *
 * @throws DataError when it cannot be read, or continues after the first answer to a question from another column
 */
export function rowSolution(row: Row, { readers, format }: RowOptions): FoundPart<"solution"> | undefined {
  const solution = readers.read("solution", row, format);
  if (solution === undefined || solution.value.later.length === 0) return solution;
  const question = readers.read("question", row, format);
  if (question?.reader === solution.reader && question.value.later.length >= solution.value.later.length)
    return solution;
  throw new DataError(
    `solution: expected one question and its answer in ${solution.columns.join(", ")} beside the question in ` +
      `${question?.columns.join(", ") ?? "none"}, got ${solution.value.later.length + 1}`,
  );
}
