import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadProcessors, preparePrompt } from "../../engine/local/prepared-prompt.ts";
import { CHECKPOINTS, checkpointDirectory, weightsOf } from "../../testing/model-fixtures.ts";
import { OnnxModel } from "../../testing/onnx-session.ts";
import { recordedGenerations, recordedVisionPrompt } from "../../testing/vision-fixtures.ts";
import { parseConfig } from "../config-json.ts";
import { readJson } from "../json-fields.ts";
import { writeOnnxModels } from "./write-onnx.ts";

const { greedy, longVideos } = recordedGenerations();

describe.each(CHECKPOINTS)("%s as ONNX, run by onnxruntime alone", (name) => {
  const source = checkpointDirectory(name);
  const config = parseConfig(readJson(join(source, "config.json")));
  const processors = loadProcessors(source, config);
  const recorded = [...greedy, ...longVideos].filter(({ checkpoint }) => checkpoint === name);
  const { imageTokenId, videoTokenId, visionStartTokenId, visionEndTokenId } = config;
  const banned = [imageTokenId, videoTokenId, visionStartTokenId, visionEndTokenId];
  let folder: string;
  let model: OnnxModel;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "fovea-onnx-"));
    writeOnnxModels(folder, config, weightsOf(source));
    model = await OnnxModel.open(folder);
  });
  afterAll(async () => {
    await model.close();
    rmSync(folder, { recursive: true });
  });

  test("continues prompts with images and videos as transformers does, token by token, for 64 tokens", async () => {
    for (const [i, generation] of recorded.entries()) {
      const prompt = preparePrompt(recordedVisionPrompt(generation), config, processors);
      const { tokens, logprobs } = await model.generate(prompt, 64, { banned });
      expect(tokens, `${generation.name} ${i}`).toEqual(generation.completion);
      expect(logprobs).toBeAllclose(generation.logprobs, { rtol: 0, atol: 1e-4 });
    }
  });
});
