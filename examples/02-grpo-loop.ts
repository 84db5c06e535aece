/**
 * @module
 * A whole training run against the engine contract: a supervised warm start, then GRPO with DyCo-RL's credit, on
 * canvases of one handwritten digit: half a minute on two cores. `fovea train` adds configuration, run directory, checkpoints,
 * metrics, minibatches.
 *
 *     npm run build && node dist/examples/02-grpo-loop.js
 */

import { freshSmallModel, openConfiguredDialogue, resolveConfig } from "fovea/config";
import { creditMethod, creditSchema } from "fovea/credit";
import { digitsTask } from "fovea/data/digits";
import { createLocalEngine, type Sequence } from "fovea/engine";
import { evaluate } from "fovea/eval";
import { objective } from "fovea/objective";
import { answerVerdict, isRight } from "fovea/verify";

const PROMPTS = 48;
const GROUP_SIZE = 8;
const task = digitsTask({
  seed: 1,
  evaluationSeed: 1,
  options: { canvases: ["28x28"], digits: [1, 1], kinds: ["largest"] },
  warmStart: { scans: 30, seed: 1, readingSteps: 100, transcriptionSteps: 0, describedShare: 0 },
});
const verdict = answerVerdict();

const dialogue = await openConfiguredDialogue(resolveConfig());
const engine = await createLocalEngine({ model: freshSmallModel(1) });
const adam = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0, maxGradientNorm: 1 };

// Warm start: few scans with their answers. The loss is the mean of −log π, so every coefficient is 1 / tokens.
const WARM_STEPS = 100;
const reading = task.demonstrations![0]!.source;
for (let step = 0; step < WARM_STEPS; step++) {
  const places = Array.from({ length: 64 }, (_, i) => step * 64 + i);
  const shown = await Promise.all(places.map(async (place) => reading.demonstration(place)));
  const sequences = shown.map(
    ({ problem, completion }): Sequence => ({
      prompt: dialogue.prompt(problem),
      completion: dialogue.completionTokens(completion),
    }),
  );
  const tokens = sequences.reduce((sum, { completion }) => sum + completion.length, 0);
  const even = sequences.map(({ completion }) => new Float64Array(completion.length).fill(1 / tokens));
  await engine.accumulate(sequences, even);
  await engine.step({ ...adam, learningRate: 2e-3 * (1 - step / WARM_STEPS) });
}

const measure = async () => {
  const limits = { problems: 250, batchSize: 250, maxCompletionTokens: 4 };
  const { accuracy, low, high } = await evaluate({
    engine,
    dialogue,
    source: task.validation,
    verdict,
    ...limits,
  });
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return `accuracy ${percent(accuracy)} [${percent(low)}, ${percent(high)}] on ${limits.problems} held-out problems`;
};
console.log(`after the warm start    ${await measure()}`);

// Reinforcement learning: all training scans, answers only.
const credit = creditMethod(creditSchema.parse({ kind: "dyco-rl" }));
for (let iteration = 0; iteration < 20; iteration++) {
  const batch = Array.from({ length: PROMPTS }, (_, p) => task.train.problem(iteration * PROMPTS + p));
  const prompts = batch.map((problem) => dialogue.prompt(problem));
  const sampled = await engine.sample({
    prompts,
    groupSize: GROUP_SIZE,
    maxCompletionTokens: 4,
    temperature: 1,
    topP: 1,
    topK: 0,
    stopTokens: dialogue.stopTokens,
    seed: iteration,
    signals: credit.needs,
  });

  const groups = sampled.map((completions, p) => ({
    prompt: prompts[p]!,
    completions,
    rewards: completions.map(({ tokens }) =>
      Number(isRight(verdict.judge(dialogue.text(tokens), batch[p]!))),
    ),
  }));
  const rewards = groups.flatMap((group) => group.rewards);
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;

  // Groups whose rewards are all equal carry no gradient.
  const kept = groups.filter((group) => new Set(group.rewards).size > 1);
  const masked = kept.map(({ completions }) =>
    completions.map((completion) => ({
      ...completion,
      mask: new Uint8Array(completion.tokens.length).fill(1),
    })),
  );
  const credits = credit.credit(masked);

  // One update per round of sampling: present and old log-probs equal the log-probs of sampling.
  const { coefficients } = objective(
    { kind: "grpo" },
    kept.map((group, g) => ({
      rewards: group.rewards,
      completions: masked[g]!.map(({ logprobs, mask }, i) => ({
        logprobs,
        oldLogprobs: logprobs,
        mask,
        weights: credits[g]![i]!.weights,
      })),
    })),
  );
  const sequences = kept.flatMap(({ prompt, completions }) =>
    completions.map(({ tokens }): Sequence => ({ prompt, completion: tokens })),
  );
  await engine.accumulate(sequences, coefficients.flat());
  const { gradientNorm } = await engine.step({ ...adam, learningRate: 1e-4 });
  console.log(
    `iteration ${String(iteration + 1).padStart(2)}  mean reward ${mean.toFixed(3)}  ` +
      `groups with spread ${kept.length}/${PROMPTS}  gradient norm ${gradientNorm.toFixed(3)}`,
  );
}
console.log(`after learning          ${await measure()}`);
await engine.close();
