/**
 * @module
 * The name of a judge for the record: the model and all that changes its replies.
 */
import { createHash } from "node:crypto";
import { type JudgeOptions, judgeFields } from "./options.ts";

const { temperature, maxTokens } = judgeFields();
const DEFAULTS = { temperature: temperature.parse(undefined), maxTokens: maxTokens.parse(undefined) };

function promptName(prompt: JudgeOptions["prompt"]): string {
  if (typeof prompt === "string") return prompt;
  const { text, system = null, reply } = prompt;
  const hash = createHash("sha256").update(JSON.stringify([text, system, reply]));
  return `own prompt ${hash.digest("hex").slice(0, 12)}`;
}

/**
 * A judge's name: its model, its prompt by name or by hash, and its temperature and limit where they are not the defaults.
 *
 * @example
 * judgeName({ model: "qwen", prompt: "binary", temperature: 0.1, maxTokens: 1024 }); // "judge qwen (binary, temperature 0.1)"
 */
export function judgeName(
  options: Pick<JudgeOptions, "model" | "prompt" | "temperature" | "maxTokens">,
): string {
  const settings = (["temperature", "maxTokens"] as const).flatMap((setting) =>
    options[setting] === DEFAULTS[setting] ? [] : [`${setting} ${options[setting]}`],
  );
  return `judge ${options.model} (${[promptName(options.prompt), ...settings].join(", ")})`;
}
