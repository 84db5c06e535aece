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
import { withoutMark } from "../parts/index.ts";

/** JSON has no NaN, so null encodes it; methods reject NaN at tokens that count. */
const numbers = z
  .array(z.number().nullable())
  .transform((list) => Float64Array.from(list, (value) => value ?? Number.NaN));

/** The schema of a signal in a file: its arrays by name; arrays that only some requests return are optional. */
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
  tokens: z.array(z.string()).optional().describe("[T] the text of each token, for display."),
  mask: z
    .array(z.union([z.literal(0), z.literal(1)]))
    .optional()
    .describe("[T] 1 where the token counts; default: all count."),
  advantage: z
    .union([z.number(), numbers])
    .optional()
    .describe("One number for all tokens, or [T]; default: 1."),
  reward: z.number().nullable().optional().describe("Null when it could not be judged."),
  ids: z
    .array(z.int())
    .optional()
    .describe("[T] the id of each token, for methods that compare the same tokens."),
  labels: z
    .array(z.strictObject({ role: z.enum(["image", "reasoning", "other"]), correct: z.boolean().nullable() }))
    .optional()
    .describe("[T] the label of each token."),
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
  /** `[T]`, if the file has it. */
  readonly texts: readonly string[] | undefined;
  readonly completion: CreditCompletion;
}

/**
 * Reads `{ groups: [[completion, …], …] }`, or one completion alone. A completion is
 * `{ tokens?, mask?, advantage?, reward?, ids?, labels?, signals }`; signals are any of the engine's by name, `entropy?`,
 * `nucleusEntropy?`, `groupDivergence?` and `ablation?`.
 *
 * @throws DataError when the file cannot be read or does not fit the schema
 */
export async function readRecordedSignals(path: string): Promise<RecordedCompletion[][]> {
  let value: unknown;
  try {
    value = JSON.parse(withoutMark(await readFile(path, "utf8")));
  } catch (cause) {
    throw new DataError(`signals ${path}: ${(cause as Error).message}`, { cause });
  }
  const hasGroups = typeof value === "object" && value !== null && "groups" in value;
  const parsed = fileSchema.options[hasGroups ? 0 : 1].safeParse(value);
  if (!parsed.success) {
    const words = parsed.error.issues.map(({ path: where, message }) => `  ${where.join(".")}: ${message}`);
    throw new DataError(`signals ${path}:\n${words.join("\n")}`);
  }
  return parsed.data.groups.map((group, g) =>
    group.map(({ tokens, mask, advantage = 1, reward, ids, labels, signals: parsedSignals }, i) => {
      const signals = parsedSignals as CreditSignals;
      const length = lengthOf(signals) ?? mask?.length ?? tokens?.length ?? 0;
      const counts = mask ?? new Uint8Array(length).fill(1);
      const advantages = typeof advantage === "number" ? undefined : advantage;
      for (const [name, list] of Object.entries({ tokens, mask, advantage: advantages, ids, labels })) {
        if (list === undefined || list.length === length) continue;
        throw new DataError(
          `signals ${path}: groups.${g}.${i}.${name}: expected ${length}, one for each token, got ${list.length}`,
        );
      }
      const about = { advantage, reward, tokens: ids, tokenTexts: tokens, labels };
      return { texts: tokens, completion: { mask: counts, ...about, signals } };
    }),
  );
}

/** T, from the first array with one number a token; undefined without any. */
function lengthOf(signals: CreditSignals): number | undefined {
  const parts = SIGNALS.flatMap(({ name, parts: all }) =>
    all.filter(({ shape }) => shape === "T").map(({ path }) => partAt(signals[name], path)),
  );
  const first = [...parts, signals.entropy, signals.ablation?.given].find((numbers) => numbers !== undefined);
  return first?.length;
}
