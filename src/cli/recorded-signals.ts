/**
 * @module
 * Signals of completions in a file, so that any credit method can be run on them without a model.
 */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import type { CreditCompletion } from "../credit/index.ts";
import { DataError } from "../errors/index.ts";

/** JSON has no NaN: null stands for it, and methods refuse it where it counts. */
const numbers = z
  .array(z.number().nullable())
  .transform((list) => Float64Array.from(list, (value) => value ?? Number.NaN));

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
  signals: z.strictObject({
    attention: z
      .strictObject({
        visualMass: numbers,
        textMass: numbers,
        visualShift: numbers,
        textShift: numbers,
        sharpness: z.strictObject({ visual: numbers, text: numbers }).optional(),
        divergence: z.strictObject({ visual: numbers, text: numbers }).optional(),
      })
      .optional(),
    calibrated: z.strictObject({ connectivity: numbers, gram: numbers }).optional(),
    entropy: numbers.optional(),
    ablation: z.strictObject({ given: numbers, ablated: numbers, divergence: numbers.optional() }).optional(),
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
 * `{ tokens?, mask?, advantage?, signals: { attention?, calibrated?, entropy?, ablation? } }`.
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
    group.map(({ tokens, mask, advantage = 1, signals }) => ({
      texts: tokens,
      completion: { mask: mask ?? new Uint8Array(lengthOf(signals)).fill(1), advantage, signals },
    })),
  );
}

type Recorded = z.output<typeof completionSchema>["signals"];

/** T, by the first signal there is. */
function lengthOf({ attention, calibrated, entropy, ablation }: Recorded): number {
  const first = attention?.visualMass ?? calibrated?.connectivity ?? entropy ?? ablation?.given;
  return first?.length ?? 0;
}
