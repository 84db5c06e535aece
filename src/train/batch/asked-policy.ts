/**
 * @module
 * The policy under training as rewards use it: answers to further questions, with or without images, and log-probs of
 * given completions with other images.
 */
import { type Prompt, type Sampler, sampledGroups } from "../../engine/index.ts";
import { Rng } from "../../math/index.ts";
import type { Policy, PolicyQuestion } from "../../reward/index.ts";
import type { Training } from "../iteration/training.ts";

/**
 * @param sampler of the weights that sampled the batch
 * @param seed of sampling; the same questions in the same order get the same answers
 */
export function askedPolicy(
  { engine, dialogue, sampling }: Pick<Training, "engine" | "dialogue" | "sampling">,
  sampler: Sampler,
  seed: number,
): Policy {
  const rng = new Rng(seed);
  const promptOf = ({ question, images = [], begun = "" }: PolicyQuestion): Prompt => {
    const prompt = dialogue.prompt({ id: "asked", images, question, answers: [], columns: {} });
    if (begun === "") return prompt;
    const [stop] = dialogue.stopTokens;
    const tokens = dialogue.completionTokens(begun);
    const own = stop !== undefined && tokens.at(-1) === stop ? tokens.slice(0, -1) : tokens;
    return { chunks: [...prompt.chunks, { kind: "text", tokens: [...own] }] };
  };
  return {
    async answer(questions, { temperature = sampling.temperature, maxTokens } = {}) {
      if (questions.length === 0) return [];
      const completions = await sampledGroups(sampler, {
        ...sampling,
        temperature,
        maxCompletionTokens: maxTokens ?? sampling.maxCompletionTokens,
        prompts: questions.map(promptOf),
        groupSize: 1,
        stopTokens: dialogue.stopTokens,
        seed: rng.word(),
      });
      return completions.map(([completion]) => dialogue.text(completion!.tokens));
    },
    async logprobs(given) {
      if (given.length === 0) return [];
      const sequences = given.map(({ problem, images, tokens }) => ({
        prompt: dialogue.prompt({ ...problem, images }),
        completion: tokens,
      }));
      const scores = await engine.score(sequences, { temperature: sampling.temperature });
      return scores.map(({ logprobs }) => logprobs);
    },
    texts: (tokens) => dialogue.tokenTexts(tokens),
  };
}
