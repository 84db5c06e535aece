/**
 * @module
 * The first half of an iteration: problems, prompts, completions, rewards.
 */
import type { CreditNeeds } from "../credit/index.ts";
import type { Group, Question } from "./group.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { Progress, Training } from "./training.ts";

/** Draws the next problems of the stream and puts them into prompts; moves the position. */
async function nextQuestions(training: Training, progress: Progress): Promise<Question[]> {
  const count = training.config.train.promptsPerIteration;
  const questions: Question[] = [];
  for (let i = 0; i < count; i++) {
    const index = training.order(progress.dataPosition + i);
    const problem = await training.source.problem(index);
    questions.push({ index, problem, prompt: training.dialogue.prompt(problem) });
  }
  progress.dataPosition += count;
  return questions;
}

/**
 * Samples a group for each of the next problems and has every completion judged.
 *
 * @param needs signals to take along while sampling
 * @returns `[P]` groups of G rollouts
 */
export async function sampleGroups(
  training: Training,
  progress: Progress,
  needs: CreditNeeds,
  watch: Stopwatch,
): Promise<Group[]> {
  const { config, engine, dialogue, verify } = training;
  const questions = await watch.time("prepare", () => nextQuestions(training, progress));
  const completions = await watch.time("sample", () =>
    engine.sample({
      ...config.sampling,
      prompts: questions.map(({ prompt }) => prompt),
      groupSize: config.train.groupSize,
      stopTokens: dialogue.stopTokens,
      seed: progress.rng.word(),
      ...(needs.attention && { signals: { attention: needs.attention } }),
    }),
  );
  return watch.time("verify", async () =>
    questions.map((question, p) => ({
      ...question,
      rollouts: completions[p]!.map((completion) => {
        const text = dialogue.text(completion.tokens);
        return { completion, text, reward: verify(text, question.problem) };
      }),
    })),
  );
}
