/**
 * @module
 * Looking into a completion with a model: its log-probs, its attention, what it does without the image, and what
 * every credit method makes of it.
 */
import type { Prompt, Score } from "../../engine/index.ts";
import { RunError } from "../../errors/index.ts";
import { imageGrid } from "../../model/index.ts";
import { openVerifier } from "../../train/verifier.ts";
import type { GreedyAnswer, ImageAttention, Inspection, RolloutDetail } from "../protocol.ts";
import type { Run } from "../runs/run.ts";
import { type LoadedModel, LoadedModels } from "./loaded-models.ts";
import { methodWeights } from "./method-weights.ts";
import { nearestTokens } from "./nearest-tokens.ts";
import { type ProblemImages, parsedConfig } from "./problem-images.ts";

/** Layers that AT-RL compares, arXiv:2602.11455. */
const CALIBRATED = { row: "own", layers: 4, biasCorrection: true } as const;
/** Gram matrices have T² numbers. */
const MOST_GRAM_TOKENS = 1024;
/** Rows on image tokens are T × I numbers of text each. */
const MOST_IMAGE_NUMBERS = 400_000;

/** Weights of a run, to look with. */
export interface Lens {
  readonly run: Run;
  /** Name of the weights; the newest unless given. */
  readonly weights: string | undefined;
}

const rounded = (values: ArrayLike<number>): number[] =>
  Array.from(values, (value) => Number(value.toPrecision(6)));

function completionOf({ tokens, stopReason }: RolloutDetail, { logprobs, entropy }: Score) {
  return {
    tokens: Int32Array.from(tokens),
    logprobs,
    entropy: entropy ?? new Float64Array(tokens.length),
    stopReason: stopReason === "length" ? ("length" as const) : ("stop" as const),
  };
}

/** Attention rows by image; null where the engine gave none, or they are too many for a page. */
function imagesOf(
  { images: count }: { readonly images: readonly { readonly width: number; readonly height: number }[] },
  { processor }: LoadedModel,
  rows: Float64Array | undefined,
  tokens: number,
): ImageAttention[] | null {
  if (rows === undefined || rows.length > MOST_IMAGE_NUMBERS) return null;
  const width = tokens === 0 ? 0 : rows.length / tokens;
  let from = 0;
  return count.map((image) => {
    const [, patchRows, patchColumns] = imageGrid(image, processor);
    const [gridRows, gridColumns] = [patchRows / processor.mergeSize, patchColumns / processor.mergeSize];
    const first = from;
    from += gridRows * gridColumns;
    const last = from;
    return {
      rows: gridRows,
      columns: gridColumns,
      tokens: Array.from({ length: tokens }, (_, t) =>
        rounded(rows.subarray(t * width + first, t * width + last)),
      ),
    };
  });
}

/** Looks into completions; models are opened when first asked for. */
export class Inspector {
  readonly #images: ProblemImages;
  readonly #models = new LoadedModels();

  constructor(images: ProblemImages) {
    this.#images = images;
  }

  async #with<T>({ run, weights }: Lens, work: (model: LoadedModel, name: string) => Promise<T>): Promise<T> {
    const name = weights ?? (await run.weights())[0];
    if (name === undefined)
      throw new RunError(`${run.id}: has no weights yet; they come with the first checkpoint`);
    return this.#models.use(await run.weightsPath(name), await parsedConfig(run), (model) =>
      work(model, name),
    );
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
    const { credit, sampling } = await parsedConfig(run);
    return this.#with(lens, async (model, weights) => {
      const { engine, dialogue } = model;
      requireSameTokens(asked, dialogue.tokenTexts(asked.tokens));
      const prompt = dialogue.prompt(problem);
      const tokens = asked.tokens.length;
      const { temperature } = sampling;
      const can = (capability: Parameters<typeof engine.capabilities.has>[0]) =>
        engine.capabilities.has(capability);
      const scores = await engine.score(sequencesOf(prompt, group), {
        temperature,
        ...(can("entropy") && { entropy: true }),
        signals: {
          ...(can("attention") && { attention: { row: "own" } }),
          ...(can("image-rows") && { imageRows: { row: "own" } }),
        },
      });
      const isShort = tokens <= MOST_GRAM_TOKENS;
      const [compared] = await engine.score(sequencesOf(prompt, [asked]), {
        temperature,
        ...(can("full-distribution") && { divergenceFrom: { kind: "discard" } }),
        signals: can("calibrated-attention") && isShort ? { calibrated: CALIBRATED } : {},
      });
      const own = scores[place];
      if (own === undefined || compared === undefined) throw new RunError("the engine gave no score");
      const { attention, imageRows } = own.signals ?? {};
      const methods = await methodWeights(
        engine,
        credit,
        {
          prompt,
          answers: group.map((detail, i) => ({ prompt, completion: completionOf(detail, scores[i] ?? own) })),
          advantages: group.map(({ advantage }) => advantage),
          temperature,
        },
        place,
      );
      const { calibrated } = compared.signals ?? {};
      return {
        weights,
        logprobs: rounded(own.logprobs),
        entropy: own.entropy === undefined ? null : rounded(own.entropy),
        attention:
          attention === undefined
            ? null
            : {
                visualMass: rounded(attention.visualMass),
                textMass: rounded(attention.textMass),
                visualShift: rounded(attention.visualShift),
                textShift: rounded(attention.textShift),
              },
        withoutImage: compared.ablatedLogprobs === undefined ? null : rounded(compared.ablatedLogprobs),
        divergence: compared.divergence === undefined ? null : rounded(compared.divergence),
        neighbours: calibrated === undefined ? null : nearestTokens(calibrated.gram, tokens),
        images: imagesOf(problem, model, imageRows, tokens),
        methods: methods.map((one) =>
          one.weights === null ? one : { ...one, weights: rounded(one.weights) },
        ),
      };
    });
  }

  /** What some weights answer to a problem of a run, greedily. */
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
      const reward = openVerifier(config)(
        dialogue.text(completion.tokens),
        problem,
        completion.tokens.length,
      );
      const accuracy = reward?.parts["accuracy"];
      return {
        weights,
        tokens: Array.from(completion.tokens),
        tokenTexts: dialogue.tokenTexts(completion.tokens),
        logprobs: rounded(completion.logprobs),
        isRight: accuracy === undefined ? null : accuracy >= 1,
      };
    });
  }

  async close(): Promise<void> {
    await this.#models.close();
  }
}

function sequencesOf(prompt: Prompt, details: readonly RolloutDetail[]) {
  return details.map(({ tokens }) => ({ prompt, completion: Int32Array.from(tokens) }));
}

function requireSameTokens({ tokens, tokenTexts }: RolloutDetail, read: readonly string[]): void {
  if (tokens.length === 0 && tokenTexts.length > 0)
    throw new RunError("the completion's line has no token ids");
  const wrong = tokenTexts.findIndex((text, t) => text !== read[t]);
  if (wrong < 0) return;
  throw new RunError(
    `token ${wrong}: these weights read "${read[wrong]}" where the completion has "${tokenTexts[wrong]}"; ` +
      "their vocabulary is another",
  );
}
