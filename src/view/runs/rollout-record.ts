/**
 * @module
 * One line of a rollouts file, and its entry in a list.
 */
import type { TokenRole } from "../../credit/index.ts";
import type { CompletionSummary, RolloutDetail } from "../protocol.ts";
import { type JsonObject, numberArray, numberOf, numbersOf, textOf, textsOf } from "./json-fields.ts";

/** Characters of a completion that a list shows. */
const SHOWN_TEXT = 320;
const ROLES: readonly unknown[] = ["visual", "text", "neutral"] satisfies TokenRole[];

/** A line with its place; the advantage needs the group and comes later. */
export type RolloutRecord = Omit<RolloutDetail, "iteration" | "advantage">;

/** The number of pictures of a problem that a run of an earlier release did not record: by the places in its question. */
function picturePlaces(question: string): number | null {
  const places = question.split("<image>").length - 1;
  return places === 0 || question.includes("<video>") ? null : places;
}

/** Reads a line's object; undefined when it is not a completion. */
export function rolloutRecord(at: number, line: JsonObject): RolloutRecord | undefined {
  const { completion, problem } = line;
  if (typeof completion !== "string" || typeof problem !== "string") return undefined;
  const texts = Array.isArray(line["tokenTexts"]) ? line["tokenTexts"].map((text) => textOf(text)) : [];
  const count = texts.length;
  const roles = line["roles"];
  const hasRoles =
    Array.isArray(roles) && roles.length === count && roles.every((role) => ROLES.includes(role));
  return {
    at,
    problem,
    index: numberOf(line["index"]) ?? -1,
    kind: textOf(line["kind"]),
    question: textOf(line["question"]),
    answer: textsOf(line["answers"]).join(" or "),
    answers: textsOf(line["answers"]),
    pictures: numberOf(line["pictures"]) ?? picturePlaces(textOf(line["question"])),
    completion,
    extracted: typeof line["extracted"] === "string" ? line["extracted"] : null,
    verdict:
      "verdict" in line ? numberOf(line["verdict"]) : (numbersOf(line["rewardParts"])["accuracy"] ?? null),
    reward: numberOf(line["reward"]),
    rewardParts: numbersOf(line["rewardParts"]),
    stopReason: textOf(line["stopReason"]),
    tokens: numberArray(line["tokens"], count) ?? [],
    tokenTexts: texts,
    logprobs: numberArray(line["logprobs"], count),
    entropy: numberArray(line["entropy"], count),
    weights: numberArray(line["weights"], count),
    roles: hasRoles ? (roles as TokenRole[]) : null,
    alignment: numberArray(line["alignment"], count),
  };
}

function meanOf(values: readonly number[] | null): number | null {
  if (values === null || values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A completion's entry in a list. */
export function summaryOf(record: RolloutRecord, advantage: number | null): CompletionSummary {
  const { completion, rewardParts, weights, verdict } = record;
  return {
    at: record.at,
    text: completion.length > SHOWN_TEXT ? `${completion.slice(0, SHOWN_TEXT)}…` : completion,
    reward: record.reward,
    rewardParts,
    advantage,
    isRight: verdict === null ? null : verdict >= 1,
    isTruncated: record.stopReason === "length",
    tokens: record.tokenTexts.length,
    logprob: meanOf(record.logprobs),
    entropy: meanOf(record.entropy),
    weightMax: weights === null ? null : weights.reduce((most, weight) => Math.max(most, weight), 0),
    alignment: meanOf(record.alignment),
  };
}
