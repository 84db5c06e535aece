/**
 * @module
 * Fields of a chat completion that this server does not follow. Where a field would change the answer, only
 * the value that changes nothing is accepted, so that no accepted field is silently ignored. First the names of
 * OpenAI's API, then the names that vLLM adds.
 */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";

/** A field that may be absent, null or one of these values. */
export function only(...accepted: readonly unknown[]) {
  const expected = accepted.map((value) => JSON.stringify(value)).join(" or ");
  return z
    .unknown()
    .superRefine((value, context) => {
      if (value == null || accepted.some((one) => isDeepStrictEqual(one, value))) return;
      const message = `this server does not do this; expected ${expected === "" ? "nothing" : `${expected}, or nothing`}`;
      context.addIssue({ code: "custom", message, params: { code: "unsupported_value" } });
    })
    .optional();
}

export const NOT_DONE = {
  audio: only(),
  frequency_penalty: only(0),
  function_call: only("none", "auto"),
  functions: only([]),
  logit_bias: only({}),
  modalities: only(["text"]),
  prediction: only(),
  presence_penalty: only(0),
  reasoning_effort: only(),
  response_format: only({ type: "text" }),
  service_tier: only("auto", "default"),
  store: only(false),
  tool_choice: only("none", "auto"),
  tools: only([]),
  verbosity: only(),
  web_search_options: only(),
  // vLLM
  add_generation_prompt: only(true),
  add_special_tokens: only(false),
  chat_template: only(),
  chat_template_kwargs: only({}),
  continue_final_message: only(false),
  ignore_eos: only(false),
  include_stop_str_in_output: only(false),
  length_penalty: only(1),
  min_p: only(0),
  min_tokens: only(0),
  mm_processor_kwargs: only({}),
  repetition_penalty: only(1),
  skip_special_tokens: only(true),
  spaces_between_special_tokens: only(true),
  use_beam_search: only(false),
} as const;

const any = z.unknown().optional();

/** Fields about who asks, not about what is answered. */
export const LEFT_ALONE = {
  metadata: any,
  parallel_tool_calls: any,
  prompt_cache_key: any,
  prompt_cache_retention: any,
  safety_identifier: any,
  user: any,
} as const;
