/**
 * @module
 * Every built-in verdict. A new verdict is one file in `verdicts/` and one entry here; the configuration's schema and
 * the creation of verdicts follow from the list.
 */
import type * as z from "zod";
import { createPart, definitionUnion, kindsOf, parseByKind } from "../parts/index.ts";
import type { Verdict, VerdictContext } from "./verdict.ts";
import { verdictName } from "./verdict-name.ts";
import { anlsDefinition } from "./verdicts/anls.ts";
import { answerDefinition } from "./verdicts/answer.ts";
import { boxIouDefinition } from "./verdicts/box-iou.ts";
import { exactDefinition } from "./verdicts/exact.ts";
import { judgeDefinition } from "./verdicts/judge.ts";
import { mraDefinition } from "./verdicts/mean-relative-accuracy.ts";
import { numericDefinition } from "./verdicts/numeric.ts";
import { optionLetterDefinition } from "./verdicts/option-letter.ts";
import { pointInBoxDefinition } from "./verdicts/point-in-box.ts";
import { relaxedDefinition } from "./verdicts/relaxed.ts";
import { setDefinition } from "./verdicts/set.ts";
import { vqaDefinition } from "./verdicts/vqa.ts";

const definitions = [
  answerDefinition,
  exactDefinition,
  optionLetterDefinition,
  relaxedDefinition,
  anlsDefinition,
  vqaDefinition,
  numericDefinition,
  mraDefinition,
  boxIouDefinition,
  pointInBoxDefinition,
  setDefinition,
  judgeDefinition,
] as const;

/** Decides whether a completion is right. */
export const verdictSchema = definitionUnion(definitions).describe(
  "Decides which answers are right, in training, evaluation, diagnosis and the viewer.",
);

/** A complete verdict configuration: every default filled in. */
export type VerdictConfig = z.output<typeof verdictSchema>;

/** A verdict configuration as a user writes it. */
export type VerdictInput = z.input<typeof verdictSchema>;

/** The kinds of the built-in verdicts. */
export const VERDICT_KINDS: readonly string[] = kindsOf(definitions);

/**
 * The verdict of a configuration; missing options take their defaults. Its name has the options that are not the
 * defaults.
 *
 * @throws ConfigError when a key is unknown or a value impossible
 * @example
 * createVerdict({ kind: "relaxed" }).judge("104", { question: "?", answers: ["100"], columns: {} }); // score 1
 */
export function createVerdict(given: VerdictInput, context: VerdictContext = {}): Verdict {
  const config = parseByKind(verdictSchema, given, "verdict");
  const verdict = createPart<VerdictContext, Verdict>(definitions, config, context);
  // A judge names its own settings: most options of the server change no reply.
  if (config.kind === "judge") return verdict;
  const { kind, ...options } = config;
  return { ...verdict, name: verdictName(verdict.name, options, verdictSchema.parse({ kind })) };
}
