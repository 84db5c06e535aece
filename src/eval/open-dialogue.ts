/**
 * @module
 * The dialogue of a model directory: its tokenizer, its chat template, its stop tokens, its image processor.
 */
import { openModelDirectory, openPrompts } from "../model/index.ts";
import type { AnswerFormat } from "./answer-format.ts";
import { createDialogue, type Dialogue } from "./dialogue.ts";

export interface OpenDialogueOptions extends AnswerFormat {
  /**
   * Whether the directory must be whole, weights included, as an engine on this machine needs it; false unless given. An
   * engine elsewhere needs no weights here, and may train a text model of any architecture.
   */
  readonly needsWeights?: boolean;
}

/**
 * The dialogue with the model of a directory. Weights are not read.
 *
 * @throws ModelError when the directory is not whole, or its architecture is not supported
 */
export function openDialogue(directory: string, options: OpenDialogueOptions = {}): Dialogue {
  const { needsWeights = false, ...format } = options;
  const prompts = needsWeights ? openModelDirectory(directory) : openPrompts(directory);
  return createDialogue({ ...prompts, ...format });
}
