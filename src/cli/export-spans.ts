/**
 * @module
 * `fovea diagnose … export-spans`: recorded completions as a template for annotators.
 */
import { type RecordedCompletion, recordedCompletions } from "../data/index.ts";
import { DataError } from "../errors/index.ts";
import { Rng } from "../math/index.ts";
import { writeOutput } from "../model/index.ts";
import type { CliContext } from "./context.ts";
import { type RecordedFlags, recordedFiles } from "./recorded-input.ts";
import { requireNew } from "./require-new.ts";

/** Default number of completions. */
const EXPORTED = 100;

export interface ExportSpansFlags extends RecordedFlags {
  readonly problems?: number;
  readonly seed?: number;
  readonly out?: string;
}

/** An evenly spaced sample in recorded order; completions without text are skipped. */
async function drawn(files: readonly string[], count: number, seed: number): Promise<RecordedCompletion[]> {
  const rng = new Rng(seed).fork("export spans");
  const kept: { readonly place: number; readonly completion: RecordedCompletion }[] = [];
  let offered = 0;
  for await (const completion of recordedCompletions(files)) {
    if (completion.text === "") continue;
    const item = { place: offered++, completion };
    const at = kept.length < count ? kept.length : rng.integer(offered);
    if (at < count) kept[at] = item;
  }
  return kept.sort((a, b) => a.place - b.place).map(({ completion }) => completion);
}

/**
 * Writes one line a completion, with empty spans for the annotator.
 *
 * @throws ConfigError when the file exists: annotations are not overwritten
 */
export async function exportSpans(
  model: string,
  flags: ExportSpansFlags,
  context: CliContext,
): Promise<void> {
  const { out, seed = 0, problems = EXPORTED } = flags;
  if (out !== undefined) requireNew(out, "annotations");
  const completions = await drawn(recordedFiles(model, flags), problems, seed);
  if (completions.length === 0)
    throw new DataError(`${flags.completions ?? model}: expected completions with text, got none`);
  const text = completions
    .map(({ problem, index, question, answers, text: completion }) =>
      JSON.stringify({ problem, index, question, answers, completion, spans: null }),
    )
    .join("\n")
    .concat("\n");
  if (out === undefined) context.stdout(text);
  else {
    writeOutput(out, text);
    context.stdout(`${completions.length} completions written to ${out}\n`);
  }
}
