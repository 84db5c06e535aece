/**
 * @module
 * Signals of completions in a file, so that any credit method can be run on them without a model.
 */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import {
  type CreditCompletion,
  type CreditSignals,
  partAt,
  SIGNALS,
  type SignalPart,
} from "../credit/index.ts";
import { DataError } from "../errors/index.ts";

/** JSON has no NaN: null stands for it, and methods refuse it where it counts. */
const numbers = z
  .array(z.number().nullable())
  .transform((list) => Float64Array.from(list, (value) => value ?? Number.NaN));

/** What a signal's value looks like in a file: its arrays under their names; those of some requests only may be missing. */
function valueSchema(parts: readonly Omit<SignalPart<never>, "wire">[], depth = 0): z.ZodType {
  const [first] = parts;
  if (first?.path.length === depth) return numbers;
  const names = new Set(parts.map(({ path }) => path[depth]!));
  const fields = [...names].map((name) => {
    const own = parts.filter(({ path }) => path[depth] === name);
    const schema = valueSchema(own, depth + 1);
    const isRare = own.every(({ when }) => when !== undefined) && depth === 0;
    return [name, isRare ? schema.optional() : schema];
  });
  return z.strictObject(Object.fromEntries(fields));
}

const completionSchema = z.strictObject({
  tokens: z.array(z.string()).optional().describe("[T] the text of each token, to be shown."),
  mask: z
    .array(z.union([z.literal(0), z.literal(1)]))
    .optional()
    .describe("[T] 1 where the token counts; all count unless given."),
  advantage: z
    .union([z.number(), numbers])
    .optional()
    .describe("One for all tokens, or [T]; 1 unless given."),
  reward: z.number().nullable().optional().describe("Null where it could not be judged."),
  ids: z
    .array(z.int())
    .optional()
    .describe("[T] the id of each token, for methods that compare the same tokens."),
  labels: z
    .array(z.strictObject({ role: z.enum(["image", "reasoning", "other"]), correct: z.boolean().nullable() }))
    .optional()
    .describe("[T] the truth about each token."),
  signals: z.strictObject({
    ...Object.fromEntries(SIGNALS.map((signal) => [signal.name, valueSchema(signal.parts).optional()])),
    entropy: numbers.optional(),
    nucleusEntropy: numbers.optional(),
    groupDivergence: numbers.optional(),
    ablation: z
      .strictObject({
        given: numbers,
        ablated: numbers,
        divergence: numbers.optional(),
        jensenShannon: numbers.optional(),
        ablatedEntropy: numbers.optional(),
      })
      .optional(),
  }),
});

const fileSchema = z.union([
  z.strictObject({ groups: z.array(z.array(completionSchema).min(1)).min(1) }),
  completionSchema.transform((completion) => ({ groups: [[completion]] })),
]);

/** One completion of the file. */
export interface RecordedCompletion {
  /** `[T]`, where the file tells. */
  readonly texts: readonly string[] | undefined;
  readonly completion: CreditCompletion;
}

/**
 * Reads `{ groups: [[completion, …], …] }`, or one completion alone. A completion is
 * `{ tokens?, mask?, advantage?, reward?, ids?, labels?, signals }`; signals are any of the engine's by name, `entropy?`,
 * `nucleusEntropy?`, `groupDivergence?` and `ablation?`.
 *
 * @throws DataError when the file cannot be read or says something else
 */
export async function readRecordedSignals(path: string): Promise<RecordedCompletion[][]> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new DataError(`signals ${path}: ${(cause as Error).message}`, { cause });
  }
  const hasGroups = typeof value === "object" && value !== null && "groups" in value;
  const parsed = fileSchema.options[hasGroups ? 0 : 1].safeParse(value);
  if (!parsed.success) {
    const words = parsed.error.issues.map(({ path: where, message }) => `  ${where.join(".")}: ${message}`);
    throw new DataError(`signals ${path}:\n${words.join("\n")}`);
  }
  return parsed.data.groups.map((group) =>
    group.map(({ tokens, mask, advantage = 1, reward, ids, labels, signals: parsedSignals }) => {
      const signals = parsedSignals as CreditSignals;
      const counts = mask ?? new Uint8Array(lengthOf(signals)).fill(1);
      const about = { advantage, reward, tokens: ids, tokenTexts: tokens, labels };
      return { texts: tokens, completion: { mask: counts, ...about, signals } };
    }),
  );
}

/** T, by the first array of a number a token. */
function lengthOf(signals: CreditSignals): number {
  const parts = SIGNALS.flatMap(({ name, parts: all }) =>
    all.filter(({ shape }) => shape === "T").map(({ path }) => partAt(signals[name], path)),
  );
  const first = [...parts, signals.entropy, signals.ablation?.given].find((numbers) => numbers !== undefined);
  return first?.length ?? 0;
}
