/**
 * @module
 * One group before a run as text: prompt, and each completion with its extracted answer, rewards and credit.
 */
import { type RunOptions, type TriedCompletion, type TriedGroup, tryGroup } from "../config/index.ts";
import { promptText } from "./data.ts";
import type { Reporter } from "./reporter.ts";

const short = (value: number) => String(Number(value.toPrecision(3)));

/** Number of tokens whose credit is shown, largest first. */
const SHOWN = 8;

function creditText({ weights, tokenTexts }: TriedCompletion): string {
  if (weights === undefined) return "none: all completions of the group have the same reward";
  const order = weights.map((_, t) => t).sort((a, b) => weights[b]! - weights[a]!);
  const largest = order.slice(0, SHOWN).map((t) => `${JSON.stringify(tokenTexts[t])} ${short(weights[t]!)}`);
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / Math.max(1, weights.length);
  return `mean ${short(mean)}; ${largest.join(", ")}${order.length > SHOWN ? ", …" : ""}`;
}

function completionLines(completion: TriedCompletion, place: number): string[] {
  const { extracted, verdict, reward, rewardParts, stopReason } = completion;
  const parts = Object.entries(rewardParts).map(([name, value]) => `${name} ${short(value)}`);
  const outcome = verdict === null ? "not judged" : verdict === 1 ? "right" : `score ${short(verdict)}`;
  return [
    `completion ${place + 1}${stopReason === "length" ? ", cut off" : ""}`,
    ...completion.completion.split("\n").map((line) => `  | ${line}`),
    `  extracted  ${extracted === null ? "no answer" : JSON.stringify(extracted)}: ${outcome}`,
    `  reward     ${reward === null ? "none" : short(reward)}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}`,
    `  credit     ${creditText(completion)}`,
  ];
}

function groupText({ problem, dialogue, completions }: TriedGroup): string {
  const lines = [
    `problem ${problem.id}`,
    ...promptText(dialogue, problem)
      .split("\n")
      .map((line) => `  | ${line}`),
    `  reference  ${problem.answers.map((answer) => JSON.stringify(answer)).join(" or ")}`,
    ...completions.flatMap((completion, i) => ["", ...completionLines(completion, i)]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Samples a group and reports it. */
export async function reportTriedGroup(
  options: Pick<RunOptions, "config" | "onEvent" | "openEngine" | "signal">,
  reporter: Reporter,
): Promise<void> {
  const group = await tryGroup(options);
  const { id, question, answers } = group.problem;
  reporter.json({ event: "group", problem: id, question, answers, completions: group.completions });
  reporter.text(groupText(group));
}
