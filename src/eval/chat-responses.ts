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
  const { completion, prompt } = usage ?? {};
  const mean = isCount(completion) ? completion / choices.length : undefined;
  const promptTokens = isCount(prompt) ? prompt : undefined;
  const used = choices.slice(0, most);
  return {
    got: used.map((choice) => responseOf(choice, mean, promptTokens)),
    unusual: used.flatMap(({ finishReason }) =>
      finishReason === null || USUAL.has(finishReason) ? [] : [finishReason],
    ),
  };
}

/** Whether a server's word is a number of tokens. */
function isCount(said: number | undefined): said is number {
  return said !== undefined && Number.isFinite(said) && said >= 0;
}

function responseOf(
  { text, tokens, logprobs, finishReason }: ChatChoice,
  meanTokens: number | undefined,
  promptTokens: number | undefined,
): Response {
  const completionTokens = tokens?.length ?? logprobs?.length ?? meanTokens;
  return {
    text,
    ...(tokens && { tokens }),
    ...(completionTokens !== undefined && { completionTokens }),
    ...(promptTokens !== undefined && { promptTokens }),
    stopReason: finishReason === "length" ? "length" : "stop",
    ...(logprobs && { logprobs }),
  };
}
