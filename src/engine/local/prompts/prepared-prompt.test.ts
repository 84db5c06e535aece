import { describe, expect, test } from "vitest";
import { openSightOf } from "../../../model/index.ts";
import {
  CASES,
  CHECKPOINTS,
  checkpointDirectory,
  recordedCase,
  recordedPrompt,
} from "../../../testing/model-fixtures.ts";
import { preparePrompt } from "./prepared-prompt.ts";

describe.each(CHECKPOINTS)("prompts of %s", (name) => {
  const directory = checkpointDirectory(name);
  const { vision } = openSightOf(directory)!;

  test.each(CASES)("%s: ids, kinds and rotary positions are transformers'", (caseName) => {
    for (const sequence of recordedCase(name, caseName).sequences) {
      const prompt = preparePrompt(recordedPrompt(sequence), vision);
      const length = prompt.tokens.length;
      const { components, next } = prompt.positions;
      expect([...prompt.imageIndex].map((image) => (image < 0 ? 1 : 2))).toEqual(
        sequence.kind.slice(0, length),
      );
      expect(components.map((each) => [...each])).toEqual(
        sequence.positions.map((each) => each.slice(0, length)),
      );
      expect(sequence.positions.map((each) => each.slice(length))).toEqual(
        [0, 1, 2].map(() => sequence.completion.map((_, t) => next + t)),
      );
      const text = sequence.prompt.flatMap((chunk) => (chunk.kind === "text" ? chunk.tokens : []));
      expect([...prompt.tokens].filter((token) => !vision.pixelTokens.includes(token))).toEqual(text);
      expect(new Set(prompt.imageIndex).size - 1).toBe(prompt.images.length);
    }
  });
});
