/**
 * @module
 * From a row to a problem whose images and videos are still to be read.
 */
import { DataError } from "../../errors/index.ts";
import { IMAGE_PLACE, questionParts, VIDEO_PLACE } from "../question-parts.ts";
import { type Columns, firstCell, OPTION_LETTERS } from "./columns.ts";
import { type ImageReference, imageReferences } from "./image-reference.ts";
import { referenceAnswer } from "./reference-answer.ts";
import { cell, type FileFormat, type Row } from "./table.ts";
import { type VideoReference, videoReferences } from "./video-reference.ts";

/** A problem without its images and videos. */
export interface RowProblem {
  readonly id: string | undefined;
  readonly question: string;
  readonly answer: string;
  readonly kind: string;
  /** In the order of the question's places. */
  readonly images: readonly ImageReference[];
  readonly videos: readonly VideoReference[];
}

function asText(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  if (Array.isArray(value) && value.length === 1) return asText(value[0], what);
  throw new DataError(
    `${what}: expected a text, got ${Array.isArray(value) ? "a list" : `a ${typeof value}`}`,
  );
}

const ASKING = ["human", "user"];
const ANSWERING = ["gpt", "assistant"];

/** The first question of a conversation and the answer that follows it. */
function firstExchange(turns: unknown): { question: string | undefined; answer: string | undefined } {
  if (!Array.isArray(turns)) throw new DataError("conversations: expected a list of turns");
  let question: string | undefined;
  let answer: string | undefined;
  for (const turn of turns as readonly unknown[]) {
    if (typeof turn !== "object" || turn === null) throw new DataError("conversations: expected turns");
    const { value: from } = firstCell(turn as Row, ["from", "role"]) ?? { value: undefined };
    const { value: text } = firstCell(turn as Row, ["value", "content"]) ?? { value: undefined };
    if (question === undefined && ASKING.includes(String(from))) question = asText(text, "question");
    else if (question !== undefined && answer === undefined && ANSWERING.includes(String(from)))
      answer = asText(text, "answer");
  }
  return { question, answer };
}

/** A multiple-choice question with its hint and its options; the question alone where there are none. */
function withOptions(row: Row, question: string): string {
  const options = OPTION_LETTERS.flatMap((letter) => {
    const option = cell(row, letter);
    return option === undefined ? [] : [`${letter}. ${asText(option, `option ${letter}`)}`];
  });
  const listed = typedPath(row) === undefined ? undefined : cell(row, "options");
  if (Array.isArray(listed)) options.push(...listed.map((option: unknown) => asText(option, "options")));
  const hint = cell(row, "hint");
  const lines = [
    ...(hint === undefined ? [] : [`Hint: ${asText(hint, "hint")}`]),
    question,
    ...(options.length === 0 ? [] : ["Options:", ...options]),
  ];
  return lines.join("\n");
}

/** The path of a row whose `data_type` says what it leads to. */
function typedPath(row: Row): { readonly type: "image" | "video"; readonly path: string } | undefined {
  const [type, path] = [cell(row, "data_type"), cell(row, "path")];
  return (type === "image" || type === "video") && typeof path === "string" ? { type, path } : undefined;
}

/** The images and videos that a row names. */
function mediaOf(row: Row, columns: Columns, format: FileFormat) {
  const image = firstCell(row, columns.image);
  const video = firstCell(row, columns.video);
  const typed = image === undefined && video === undefined ? typedPath(row) : undefined;
  const isEncoded = format === "tsv" && image?.name !== "image_path" && image?.name !== "file_name";
  const images =
    typed?.type === "image" ? imageReferences(typed.path, false) : imageReferences(image?.value, isEncoded);
  return { images, videos: videoReferences(typed?.type === "video" ? typed.path : video?.value) };
}

/** The question of a row with videos alone; LLaVA's video data write `<image>` where the video is. */
function withVideoPlaces(question: string, images: number, videos: number): string {
  const isOfVideos = images === 0 && videos > 0 && !question.includes(VIDEO_PLACE);
  return isOfVideos ? question.replaceAll(IMAGE_PLACE, VIDEO_PLACE) : question;
}

const NUMBERED = /<image (\d{1,3})>/g;

/** `<image 2>` names the second image: the images in the order in which they are named, those never named first. */
function inNamedOrder(question: string, images: readonly ImageReference[]) {
  const named = [...question.matchAll(NUMBERED)].map(([, number]) => Number(number) - 1);
  if (named.length === 0) return { question, images };
  const missing = named.find((i) => images[i] === undefined);
  if (missing !== undefined)
    throw new DataError(`question: names image ${missing + 1}, expected at most ${images.length}`);
  const unnamed = images.filter((_, i) => !named.includes(i));
  return {
    question: IMAGE_PLACE.repeat(unnamed.length) + question.replaceAll(NUMBERED, IMAGE_PLACE),
    images: [...unnamed, ...named.map((i) => images[i]!)],
  };
}

/**
 * The problem that a row states.
 *
 * @throws DataError, without file and row, when question or answer is missing or a cell cannot be meant
 */
export function rowProblem(row: Row, columns: Columns, format: FileFormat): RowProblem {
  const conversation = firstCell(row, columns.conversations);
  const exchange = conversation === undefined ? undefined : firstExchange(conversation.value);
  const asked = firstCell(row, columns.question)?.value ?? exchange?.question;
  if (asked === undefined) throw new DataError("question: is missing");
  const answered = firstCell(row, columns.answer)?.value ?? exchange?.answer;
  const answer = answered === undefined ? "" : referenceAnswer(asText(answered, "answer"));
  if (answer === "") throw new DataError("answer: is missing");
  const { images: named, videos } = mediaOf(row, columns, format);
  const { question: text, images } = inNamedOrder(withOptions(row, asText(asked, "question")), named);
  if (text.trim() === "") throw new DataError("question: is empty");
  const question = withVideoPlaces(text, images.length, videos.length);
  questionParts(question, images.length, videos.length);
  const id = firstCell(row, columns.id)?.value;
  const kind = firstCell(row, columns.kind)?.value;
  return {
    id: id === undefined ? undefined : asText(id, "id"),
    question,
    answer,
    kind: kind === undefined ? "all" : asText(kind, "kind"),
    images,
    videos,
  };
}
