/**
 * @module
 * StepGRPO's two rewards for reasoning (arXiv:2503.12937): whether the key steps of a problem are stated, and whether
 * the completion consists of numbered steps with the answer last. The rest is ordinary GRPO.
 */
import * as z from "zod";
import { entryOptions } from "./options.ts";
import { defineReward } from "./reward.ts";

/** The wordings of one step, any of which counts. */
type KeyStep = readonly string[];

const SECTIONS = [
  "### Image Description:",
  "### Rationales:",
  "### Step 1:",
  "### The final answer is:",
] as const;
const STEP = /### Step (\d{1,4}):/g;
const ANSWER = "### The final answer is:";

/**
 * Share of the key steps that the reasoning states, StepRAR's term.
 *
 *     Σ_k 1[any wording of step k stands in the reasoning] / K
 *
 * The reasoning is the text of the numbered steps ("### Step 1: …") if there are any, else the text before `</think>`,
 * else before `<answer>`, else everything. Letter case is ignored. A wording that starts or ends with a digit does not
 * match inside a longer number.
 *
 * @param keySteps K steps; empty or white-space wordings never match
 * @returns in [0, 1]; 0 without key steps
 */
export function keyStepShare(completion: string, keySteps: readonly KeyStep[]): number {
  return statedShare(reasoningText(completion), keySteps);
}

/**
 * Share of steps, or of facts, that a text states: any wording of one counts.
 *
 * @returns in [0, 1]; 0 without steps
 */
export function statedShare(text: string, steps: readonly KeyStep[]): number {
  if (steps.length === 0) return 0;
  const lower = text.toLowerCase();
  const stated = steps.filter((wordings) => wordings.some((wording) => states(lower, wording)));
  return stated.length / steps.length;
}

/**
 * Whether a completion is complete and in order, StepRVR. It must have an image description, rationales, a first step
 * and a final answer. The steps must be numbered 1 to n, and the answer must follow the last of them.
 *
 * @returns null if it is, else the fault
 */
export function stepFault(completion: string): string | null {
  const missing = SECTIONS.find((section) => !completion.includes(section));
  if (missing !== undefined) return `no ${missing.replace(/^### |:$/g, "")}`;
  const steps = [...completion.matchAll(STEP)];
  if (steps.some(([, number], i) => Number(number) !== i + 1)) return "steps out of order";
  const last = steps.at(-1)?.index ?? 0;
  return completion.indexOf(ANSWER) < last ? "answer before the last step" : null;
}

function reasoningText(completion: string): string {
  const steps = completion.split(/### Step \d{1,4}:/).slice(1);
  if (steps.length > 0) return steps.map((step) => step.split("\n###", 1)[0] ?? "").join(" ");
  const end = ["</think>", "<answer>"].map((tag) => completion.indexOf(tag)).find((place) => place >= 0);
  return completion.slice(0, end);
}

/** Whether a text has a wording that no digit continues. */
function states(text: string, wording: string): boolean {
  const wanted = wording.trim().toLowerCase();
  if (wanted === "") return false;
  const isDigit = (symbol: string | undefined) => symbol !== undefined && symbol >= "0" && symbol <= "9";
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const before = isDigit(wanted[0]) && isDigit(text[at - 1]);
    const after = isDigit(wanted.at(-1)) && isDigit(text[at + wanted.length]);
    if (!before && !after) return true;
  }
  return false;
}

/** The share of the problem's key steps that the reasoning states, 0 to 1. */
export const keyStepsReward = defineReward({
  schema: z
    .strictObject({ kind: z.literal("key-steps"), ...entryOptions(0.1) })
    .describe("Reward of the share of the problem's key steps that the reasoning states, as in StepGRPO."),
  create: () => (answered) => answered.map(({ text, problem }) => keyStepShare(text, problem.keySteps ?? [])),
});

/** 1 if a completion is complete and in order, else 0. */
export const validityReward = defineReward({
  schema: z
    .strictObject({ kind: z.literal("validity"), ...entryOptions(0.1) })
    .describe("Reward of StepGRPO's form: description, rationales, steps numbered from 1, answer last."),
  create: () => (answered) => answered.map(({ text }) => (stepFault(text) === null ? 1 : 0)),
});
