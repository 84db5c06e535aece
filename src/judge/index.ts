/**
 * @module
 * A language model as a judge of answers, behind any OpenAI-compatible server. Start with `judge`; `prompts/` has what it
 * is asked, `reply-cache` what is kept of its replies; the room `chat` makes the requests.
 */
export { type Agreement, agreementOf, recordedAgreement } from "./agreement.ts";
export { Judge, type JudgeContext, type JudgedCase, type JudgeOutcome } from "./judge.ts";
export { judgeName } from "./judge-name.ts";
export { type JudgeOptions, judgeFields } from "./options.ts";
export type { PromptOption } from "./prompts/registry.ts";
export { fillTemplate, type TemplateValues } from "./prompts/template.ts";
