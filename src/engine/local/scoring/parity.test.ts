import { afterAll, describe, expect, test } from "vitest";
import { graphsOf, openSightOf } from "../../../model/index.ts";
import {
  CASES,
  CHECKPOINTS,
  checkpointDirectory,
  coefficientsOf,
  digest,
  digestError,
  type RecordedImage,
  recordedCase,
  recordedImage,
  registerCase,
} from "../../../testing/model-fixtures.ts";
import { LocalModel } from "../local-model.ts";
import { ProgramCache } from "../program-cache.ts";
import type { PreparedImage } from "../prompts/prepared-prompt.ts";
import { VisionEncoder } from "../prompts/vision-encoder.ts";
import { ParameterStore } from "../weights/parameter-store.ts";

const STEP = { learningRate: 0, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, maxGradientNorm: 0 };

describe.each(CHECKPOINTS)("transformers and this engine agree on %s", (name) => {
  const model = new LocalModel({ model: checkpointDirectory(name) });
  afterAll(() => model.close());

  describe.each(CASES)("%s", (caseName) => {
    const recorded = recordedCase(name, caseName);

    test("log-probs, padded on the right, on the left and in double precision", async () => {
      const scores = await model.score(registerCase(model, recorded));
      for (const [i, sequence] of recorded.sequences.entries()) {
        const { logprobs } = scores[i]!;
        expect(logprobs).toBeAllclose(sequence.logprobs, { rtol: 0, atol: 1e-4 });
        expect(logprobs).toBeAllclose(sequence.logprobsLeftPadded, { rtol: 0, atol: 1e-4 });
        expect(logprobs).toBeAllclose(sequence.logprobsDouble, { rtol: 0, atol: 1e-4 });
      }
    });

    test("the gradient of every parameter", async () => {
      const sequences = registerCase(model, recorded);
      const report = await model.accumulate(sequences, coefficientsOf(recorded));
      const tokens = recorded.sequences.reduce((sum, { completion }) => sum + completion.length, 0);
      expect(report).toEqual({ tokens, finite: true });
      const found = model.gradients();
      expect(Object.keys(recorded.gradients).filter((parameter) => !found.has(parameter))).toEqual([]);
      for (const [parameter, { data }] of found) {
        const expected = recorded.gradients[parameter];
        if (expected === undefined) {
          expect(data.findIndex((value) => value !== 0)).toBe(-1);
        } else {
          const error = digestError(digest(data), expected);
          expect(error < 1e-3, `${parameter}: ${error}`).toBe(true);
        }
      }
      expect(model.step(STEP)).toMatchObject({ applied: true });
    });
  });

  test.each(CASES.filter((caseName) => caseName !== "text-only"))(
    "pixels and image tokens of %s",
    async (caseName) => {
      const { sequences, patches, imageEmbeddings } = recordedCase(name, caseName);
      const directory = checkpointDirectory(name);
      const { config, vision } = openSightOf(directory)!;
      const images = sequences
        .flatMap(({ prompt }) => prompt)
        .filter((chunk): chunk is RecordedImage => chunk.kind === "image")
        .map((chunk): PreparedImage => {
          const image = { kind: "image", image: recordedImage(chunk) } as const;
          const [patched] = vision.spell({ chunks: [image] }).images;
          return { ...patched!, embeddings: new Float32Array(), version: -1 };
        });
      const all = Float32Array.from(images.flatMap((image) => [...image.patches]));
      expect(digestError(digest(all), patches!)).toBeLessThan(1e-6);

      const graphs = graphsOf(config);
      const store = new ParameterStore(graphs);
      store.read(directory);
      const programs = new ProgramCache(8, {});
      await new VisionEncoder({ graphs: graphs.vision, store, programs }, config.text.hiddenSize).encode(
        images,
      );
      expect(images).toHaveLength(imageEmbeddings!.length);
      for (const [i, { embeddings }] of images.entries()) {
        expect(digestError(digest(embeddings), imageEmbeddings![i]!)).toBeLessThan(1e-5);
      }
      await programs.clear();
    },
  );
});
