/**
 * @module
 * The file that `save` writes here when weights stay at the server: it names their place.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { EngineError } from "../../errors/index.ts";
import { writeOutput } from "../../files/index.ts";

const FILE = "tinker.json";

const pointerSchema = z.object({
  version: z.literal(1),
  url: z.string(),
  baseModel: z.string(),
  /** Training state: weights, and the optimiser's state. */
  path: z.string(),
  /** Whether the optimiser's state is to be loaded too. */
  optimizer: z.boolean(),
  /** Weights for sampling, of a final model. */
  samplerPath: z.string().optional(),
  /** Weights for sampling of the frozen reference. */
  referencePath: z.string().optional(),
});

/** Where a checkpoint is. */
export type CheckpointPointer = z.output<typeof pointerSchema>;

/** The parts of it that are loaded. */
export type SavedState = Pick<CheckpointPointer, "path" | "optimizer" | "referencePath">;

/**
 * Writes where a checkpoint is.
 *
 * @throws RunError when the place cannot be written
 */
export function writePointer(directory: string, pointer: CheckpointPointer): void {
  writeOutput(join(directory, FILE), `${JSON.stringify(pointer, null, 2)}\n`);
}

/**
 * Reads what `writePointer` wrote.
 *
 * @param baseModel of the engine that loads it
 * @throws EngineError when the directory holds no such file, or one of another base model
 */
export function readPointer(directory: string, baseModel: string): CheckpointPointer {
  const path = join(directory, FILE);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new EngineError(
      `load: ${path}: expected the place of a checkpoint at a Tinker server; a model of another engine cannot be sent there`,
      { cause },
    );
  }
  let pointer: CheckpointPointer;
  try {
    pointer = pointerSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new EngineError(`load: ${path}: cannot be understood`, { cause });
  }
  if (pointer.baseModel === baseModel) return pointer;
  throw new EngineError(
    `load: ${directory}: expected a checkpoint of ${baseModel}, got one of ${pointer.baseModel}`,
  );
}
