/**
 * @module
 * A run of the local engine, for tests of code that shows runs.
 */
import { runCommandLine } from "../cli/program.ts";
import { openEngine } from "../config/index.ts";
import { collectingContext } from "./tiny-run.ts";

/** A training with the local engine that is over in seconds, and learns nothing; `more` are further settings, `key=value`. */
export function trainReal(path: string, iterations: number, more: readonly string[] = []): Promise<number> {
  const settings = [
    "data.digits=[2,2]",
    "sampling.maxCompletionTokens=16",
    `train.iterations=${iterations}`,
    "train.promptsPerIteration=3",
    "train.groupSize=4",
    "train.checkpointEvery=1",
    "sft.steps=6",
    "sft.batchSize=4",
    "data.warmStart.readingSteps=2",
    "data.warmStart.transcriptionSteps=2",
    "engine.threads=1",
    ...more,
  ];
  const { context, stderr } = collectingContext({ openEngine });
  const flags = settings.flatMap((setting) => ["--set", setting]);
  return runCommandLine(["train", ...flags, "--run-dir", path], context).then((status) => {
    if (status !== 0) throw new Error(stderr());
    return status;
  });
}
