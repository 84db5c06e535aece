/**
 * @module
 * The dialogue of a model directory: its tokenizer, its chat template, its stop tokens, its image processor.
 */
import { isTextModel, loadVideoProcessorConfig, openModelDirectory, openTextModel } from "../model/index.ts";
import type { AnswerFormat } from "./answer-format.ts";
import { createDialogue, type Dialogue } from "./dialogue.ts";

export interface OpenDialogueOptions extends AnswerFormat {
  /** The model may be a text model of any architecture, which an engine elsewhere trains. */
  readonly allowsTextModel?: boolean;
}

/**
 * The dialogue with the model of a directory. Weights are not read.
 *
 * @throws ModelError when the directory is not that of a model that is known
 */
export function openDialogue(directory: string, options: OpenDialogueOptions = {}): Dialogue {
  const { system, suffix, question, allowsTextModel = false } = options;
  const words = { system, suffix, question };
  if (allowsTextModel && isTextModel(directory)) {
    return createDialogue({ ...openTextModel(directory), ...words });
  }
  const { tokenizer, template, stopTokens, processor, config } = openModelDirectory(directory);
  const vision = { image: processor, video: loadVideoProcessorConfig(directory, config) };
  return createDialogue({ tokenizer, template, stopTokens, vision, ...words });
}
