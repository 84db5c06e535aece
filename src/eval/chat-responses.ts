/**
 * @module
 * Answers of a server of chat completions as responses.
 */
import type { ChatAnswer, ChatChoice } from "../chat/index.ts";
import type { Response } from "./respondent.ts";

/** Reasons by which an answer ends as one in process does; servers of other makes have words of their own. */
const USUAL: ReadonlySet<string | null> = new Set(["stop", "length", "eos", "end_turn", null]);

/** Responses, and reasons of their ends that are no end of a completion in process, such as `content_filter`. */
export interface ChatResponses {
  readonly got: readonly Response[];
  readonly unusual: readonly string[];
}

/** @param most choices beyond are left out: there are servers that send more than were asked for */
export function responsesOf({ choices, usage }: ChatAnswer, most: number): ChatResponses {
  const mean = usage === undefined ? Number.NaN : usage.completion / choices.length;
  const used = choices.slice(0, most);
  return {
    got: used.map((choice) => responseOf(choice, mean, usage?.prompt)),
    unusual: used.flatMap(({ finishReason }) =>
      finishReason === null || USUAL.has(finishReason) ? [] : [finishReason],
    ),
  };
}

function responseOf(
  { text, tokens, logprobs, finishReason }: ChatChoice,
  meanTokens: number,
  promptTokens: number | undefined,
): Response {
  return {
    text,
    ...(tokens && { tokens }),
    completionTokens: tokens?.length ?? logprobs?.length ?? meanTokens,
    ...(promptTokens !== undefined && { promptTokens }),
    stopReason: finishReason === "length" ? "length" : "stop",
    ...(logprobs && { logprobs }),
  };
}
