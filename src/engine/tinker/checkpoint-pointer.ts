/**
 * @module
 * The file that `save` writes here when weights stay at the server: it names their place.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { EngineError } from "../../errors/index.ts";
import { replaceFile } from "../../files/index.ts";

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

export function writePointer(directory: string, pointer: CheckpointPointer): void {
  mkdirSync(directory, { recursive: true });
  replaceFile(join(directory, FILE), [`${JSON.stringify(pointer, null, 2)}\n`]);
}

/**
 * Reads what `writePointer` wrote.
 *
 * @throws EngineError when the directory holds no such file
 */
export function readPointer(directory: string): CheckpointPointer {
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
  try {
    return pointerSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new EngineError(`load: ${path}: cannot be understood`, { cause });
  }
}
