import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Config,
  openConfiguredDialogue,
  openEngine,
  openTask,
  resolveConfig,
} from "../../config/index.ts";
import { splitSource } from "../../data/index.ts";
import type { Engine } from "../../engine/index.ts";
import {
  chatModelSchema,
  chatRespondent,
  type Dialogue,
  engineRespondent,
  type Respondent,
  type Response,
} from "../../eval/index.ts";
import { chatChunks, imagePart } from "../../testing/chat-calls.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import { configuredModel } from "../configured-model.ts";

/** Two models are compiled, on a machine that may be busy, ms. */
const LONG_MS = 240_000;
const world = new TinkerWorld();
const config: Config = resolveConfig({ flags: ["engine.threads=1", "evaluation.seed=6"] });
const source = await splitSource(await openTask(config), "test");
const problems = await Promise.all(Array.from({ length: 8 }, async (_, index) => source.problem(index)));

/** The same model here and behind a server. */
interface Both {
  readonly engine: Engine;
  readonly url: string;
  readonly dialogue: Dialogue;
  readonly here: Respondent;
  readonly there: Respondent;
}

let both: Both;

beforeAll(async () => {
  const dialogue = await openConfiguredDialogue(config);
  const engine = await openEngine(config);
  const { url } = await world.server({ models: [await configuredModel(config, "small")] });
  const options = { url: `${url}/v1`, model: "small", logprobs: true, tokenIds: true, concurrency: 5 };
  both = {
    engine,
    url,
    dialogue,
    here: engineRespondent(engine, dialogue, "small"),
    there: chatRespondent(chatModelSchema.parse(options)),
  };
}, LONG_MS);

afterAll(async () => {
  await world.close();
  await both.engine.close();
});

const texts = (responses: readonly (readonly Response[])[]) =>
  responses.map((group) => group.map(({ text }) => text));

describe("a model behind the server", () => {
  test.each([
    ["greedy", { samples: 1, temperature: 0, topP: 1 }],
    ["sampled, with the same seed", { samples: 3, temperature: 0.8, topP: 0.9 }],
    ["with a system message", { samples: 2, temperature: 1, topP: 1, system: "Answer with a number." }],
  ])(
    "gives the answers that it gives in process, on pictures: %s",
    async (_, settings) => {
      const { here, there } = both;
      const request = { ...settings, maxCompletionTokens: 24, seed: 7 };
      const [own, sent] = [await here.respond(problems, request), await there.respond(problems, request)];
      expect(texts(sent)).toEqual(texts(own));
      expect(new Set(texts(own).flat()).size).toBeGreaterThan(problems.length / 2);
      for (const [i, response] of sent.flat().entries()) {
        const { tokens, completionTokens, promptTokens, stopReason, logprobs } = own.flat()[i]!;
        expect(response).toMatchObject({ tokens, completionTokens, promptTokens, stopReason });
        // Which prompts were computed together may change the last bits.
        expect(response.logprobs).toBeAllclose(logprobs!, { rtol: 0, atol: 1e-5 });
      }
    },
    LONG_MS,
  );

  test(
    "streams the answer that it gives in process",
    async () => {
      const { here, url, dialogue } = both;
      const request = { samples: 1, temperature: 0, topP: 1, maxCompletionTokens: 24, seed: 7 };
      const [[own] = []] = await here.respond([problems[0]!], request);
      const { images, question } = problems[0]!;
      const content = [await imagePart(images[0]!), { type: "text", text: question }];
      const { chunks, isDone } = await chatChunks(url, {
        model: "small",
        messages: [{ role: "user", content }],
        temperature: 0,
        max_tokens: 24,
      });
      const deltas = chunks.map(({ choices }) => choices[0]!.delta.content ?? "");
      expect(deltas.join("")).toBe(own!.text);
      expect(dialogue.text(own!.tokens!)).toBe(own!.text);
      expect(deltas.filter((delta) => delta !== "").length).toBeGreaterThan(4);
      expect(isDone).toBe(true);
    },
    LONG_MS,
  );
});
