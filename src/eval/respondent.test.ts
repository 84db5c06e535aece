import { afterAll, describe, expect, test } from "vitest";
import { openTask, resolveConfig } from "../config/index.ts";
import { splitSource } from "../data/index.ts";
import { createLocalEngine, type Engine, freshSmallModel, SMALL_ASSETS } from "../engine/index.ts";
import { openDialogue } from "./open-dialogue.ts";
import { engineRespondent, problemSeed } from "./respondent.ts";

let open: Engine | undefined;
afterAll(() => open?.close());

const dialogue = openDialogue(SMALL_ASSETS);
const task = await openTask(resolveConfig({ flags: ["evaluation.seed=3"] }));
const source = await splitSource(task, "test");
const problems = await Promise.all([0, 1, 2, 3].map(async (index) => source.problem(index)));
const request = { samples: 2, temperature: 1, topP: 1, maxCompletionTokens: 8, seed: 4 };

async function respondent() {
  open ??= await createLocalEngine({ model: freshSmallModel(1), threads: 1 });
  return { engine: open, subject: engineRespondent(open, dialogue, "small") };
}

describe("an engine under test", () => {
  test("answers a problem alike beside any other problems", async () => {
    const { subject } = await respondent();
    const together = await subject.respond(problems, request);
    const [alone] = await subject.respond([problems[2]!], request);
    expect(alone!.map(({ text }) => text)).toEqual(together[2]!.map(({ text }) => text));
    expect(new Set(together.flat().map(({ text }) => text)).size).toBeGreaterThan(4);
    const [other] = await subject.respond([problems[2]!], { ...request, seed: 5 });
    expect(other!.map(({ text }) => text)).not.toEqual(alone!.map(({ text }) => text));
  });

  test("returns text, tokens, their numbers, log-probs and why each answer ended", async () => {
    const { engine, subject } = await respondent();
    const [[first] = []] = await subject.respond([problems[0]!], { ...request, system: "Look." });
    const prompt = dialogue.prompt(problems[0]!, { system: "Look." });
    const seed = problemSeed(4, problems[0]!);
    const common = { prompts: [prompt], temperature: 1, topP: 1, topK: 0, maxCompletionTokens: 8, seed };
    const [[own] = []] = await engine.sample({ ...common, groupSize: 2, stopTokens: dialogue.stopTokens });
    expect(first).toEqual({
      text: dialogue.text(own!.tokens),
      tokens: own!.tokens,
      completionTokens: own!.tokens.length,
      promptTokens: dialogue.promptTokens(prompt),
      stopReason: own!.stopReason,
      logprobs: own!.logprobs,
    });
  });

  test("is not asked when the signal is aborted", async () => {
    const { subject } = await respondent();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(subject.respond(problems, request, signal)).rejects.toThrow("enough");
  });
});
