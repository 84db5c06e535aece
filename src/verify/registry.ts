/**
 * @module
 * Every built-in verdict. A new verdict is one file in `verdicts/` and one entry here; the configuration's schema and
 * the creation of verdicts follow from the list.
 */
import * as z from "zod";
import { ConfigError } from "../errors/index.ts";
import type { VerdictDefinition, VerdictSchema } from "./definition.ts";
import type { Verdict } from "./verdict.ts";
import { anlsDefinition } from "./verdicts/anls.ts";
import { answerDefinition } from "./verdicts/answer.ts";
import { boxIouDefinition } from "./verdicts/box-iou.ts";
import { exactDefinition } from "./verdicts/exact.ts";
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
] as const;

type SchemasOf<List extends readonly { readonly schema: VerdictSchema }[]> = {
  -readonly [Place in keyof List]: List[Place]["schema"];
};
type Schemas = SchemasOf<typeof definitions>;

/** What decides whether a completion is right. */
export const verdictSchema = (
  z.discriminatedUnion(
    "kind",
    definitions.map(({ schema }) => schema) as unknown as Schemas,
  ) as z.ZodDiscriminatedUnion<Schemas, "kind">
).describe("What decides whether a completion is right.");

/** A complete verdict configuration: every default filled in. */
export type VerdictConfig = z.output<typeof verdictSchema>;

/** The kinds of the built-in verdicts. */
export const VERDICT_KINDS: readonly string[] = definitions.map(({ schema }) => schema.shape.kind.value);

/**
 * The verdict that a configuration describes.
 *
 * @param config as parsed by `verdictSchema`
 * @throws ConfigError when no verdict has its kind
 * @example
 * createVerdict(verdictSchema.parse({ kind: "relaxed" })).judge("104", { question: "?", answers: ["100"], columns: {} }); // score 1
 */
export function createVerdict(config: VerdictConfig): Verdict {
  const found = definitions.find(({ schema }) => schema.shape.kind.value === config.kind);
  if (found === undefined) {
    throw new ConfigError(
      `verdict: expected one of ${VERDICT_KINDS.join(", ")}, got ${JSON.stringify(config.kind)}`,
    );
  }
  return (found as unknown as VerdictDefinition<VerdictSchema>).create(config);
}
