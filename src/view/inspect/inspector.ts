/**
 * @module
 * Looking into a completion with a model: its log-probs, its attention, what it does without the image, and what
 * every credit method assigns to it.
 */

import { atRecordedCommit, type Config, openCredit, openVerdict } from "../../config/index.ts";
import { creditMethod } from "../../credit/index.ts";
import { FoveaError, RunError } from "../../errors/index.ts";
import { everyMethod, inspectCompletion } from "../../inspect/index.ts";
import { isRight } from "../../verify/index.ts";
import type { GreedyAnswer, Inspection, RolloutDetail } from "../protocol.ts";
import type { Run } from "../runs/run.ts";
import { type LoadedModel, LoadedModels } from "./loaded-models.ts";
import type { PermittedParts } from "./permitted-parts.ts";
import { type ProblemImages, parsedConfig } from "./problem-images.ts";

/** Weights of a run, to look with. */
export interface Lens {
  readonly run: Run;
  /** Name of the weights; the newest unless given. */
  readonly weights: string | undefined;
  /** Aborted when nobody waits for an answer any more. */
  readonly signal?: AbortSignal | undefined;
}

const rounded = (values: ArrayLike<number>): number[] =>
  Array.from(values, (value) => Number(value.toPrecision(6)));

/** Looks into completions; models are opened when first asked for. */
export class Inspector {
  readonly #images: ProblemImages;
  readonly #parts: PermittedParts;
  readonly #models: LoadedModels;

  constructor(images: ProblemImages, parts: PermittedParts, models = new LoadedModels()) {
    this.#images = images;
    this.#parts = parts;
    this.#models = models;
  }

  async #with<T>(lens: Lens, work: (model: LoadedModel, name: string) => Promise<T>): Promise<T> {
    const { run, weights, signal } = lens;
    const name = weights ?? (await run.weights())[0];
    if (name === undefined)
      throw new RunError(`${run.id}: has no weights yet; they come with the first checkpoint`);
    const permitted = await this.#parts.permit(await parsedConfig(run), "prompt");
    const config = atRecordedCommit(permitted, await run.modelCommit());
    return this.#models.use(await run.weightsPath(name), config, (model) => work(model, name), signal);
  }

  /**
   * One completion of a group as some weights see it.
   *
   * @param run whose completion it is
   * @param group its whole group, since methods compare completions with each other
   * @throws RunError when the weights read other tokens than the completion has
   */
  async inspect(run: Run, group: readonly RolloutDetail[], at: number, lens: Lens): Promise<Inspection> {
    const place = group.findIndex((detail) => detail.at === at);
    const asked = group[place];
    if (asked === undefined) throw new RunError(`completion ${at}: the group has none there`);
    const problem = await this.#images.problem(run, asked.index);
    const config = await parsedConfig(run);
    const { sampling } = config;
    const [credit, missing] = await this.#part(config, "credit", openCredit);
    return this.#with(lens, async ({ engine, dialogue }, weights) => {
      requireSameTokens(asked, dialogue.tokenTexts(asked.tokens));
      const methods = everyMethod(credit ?? creditMethod({ kind: "uniform" }));
      const vision = dialogue.sight?.vision;
      const instrument = { engine, vision, methods, temperature: sampling.temperature };
      const members = group.map(({ tokens, stopReason, advantage }) => ({
        tokens,
        stopReason: stopReason === "length" ? ("length" as const) : ("stop" as const),
        advantage,
      }));
      const prompt = dialogue.prompt(problem);
      const subject = { prompt, group: members, place };
      const found = await inspectCompletion(instrument, subject);
      const texts = found.alternatives?.map((row) => row.map(({ token }) => dialogue.tokenName(token)));
      const own = missing === undefined ? [] : [{ kind: config.credit.kind, weights: null, missing }];
      return { weights, alternativeTexts: texts ?? null, ...found, methods: [...own, ...found.methods] };
    });
  }

  /** The greedy answer of given weights to a problem of a run. */
  async answer(run: Run, index: number, lens: Lens): Promise<GreedyAnswer> {
    const problem = await this.#images.problem(run, index);
    const config = await parsedConfig(run);
    return this.#with(lens, async ({ engine, dialogue }, weights) => {
      const [group] = await engine.sample({
        prompts: [dialogue.prompt(problem)],
        groupSize: 1,
        maxCompletionTokens: config.sampling.maxCompletionTokens,
        temperature: 0,
        topP: 1,
        topK: 0,
        stopTokens: dialogue.stopTokens,
        seed: 0,
      });
      const completion = group?.[0];
      if (completion === undefined) throw new RunError("the engine gave no completion");
      const [verdict, unjudged] = await this.#part(config, "verdict", openVerdict);
      const judgement = await verdict?.judge(dialogue.text(completion.tokens), problem);
      return {
        weights,
        tokens: Array.from(completion.tokens),
        tokenTexts: dialogue.tokenTexts(completion.tokens),
        isCut: completion.stopReason === "length",
        logprobs: rounded(completion.logprobs),
        isRight: judgement === undefined || judgement.score === null ? null : isRight(judgement),
        unjudged: unjudged ?? null,
      };
    });
  }

  /** A part of a run without which the rest can be shown, or why it may not be opened. */
  async #part<T>(
    config: Config,
    part: "credit" | "verdict",
    open: (config: Config) => Promise<T>,
  ): Promise<[part: T | undefined, missing?: string]> {
    try {
      return [await open(await this.#parts.permit(config, part))];
    } catch (error) {
      if (!(error instanceof FoveaError)) throw error;
      return [undefined, error.message];
    }
  }

  /** Closes its models for good, after the inspection that has begun. */
  async close(): Promise<void> {
    await this.#models.close();
  }
}

function requireSameTokens({ tokens, tokenTexts }: RolloutDetail, read: readonly string[]): void {
  if (tokens.length === 0 && tokenTexts.length > 0)
    throw new RunError("the completion's line has no token ids");
  // Versions before gave a part of a character the text U+FFFD.
  const wrong = tokenTexts.findIndex((text, t) => text !== read[t] && !text.includes("\uFFFD"));
  if (wrong < 0) return;
  throw new RunError(
    `token ${wrong}: these weights read "${read[wrong]}" where the completion has "${tokenTexts[wrong]}"; ` +
      "their vocabulary is another",
  );
}
