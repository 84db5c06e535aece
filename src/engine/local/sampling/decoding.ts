/**
 * @module
 * Samples completions of several prompts at once: one prefill a prompt, then one step a token for all of them together.
 */
import type { Rng } from "../../../math/index.ts";
import { type BatchShape, HIDDEN } from "../../../model/graph/index.ts";
import type { Results } from "../../../tensor/index.ts";
import type { AttentionRow, Completion } from "../../engine.ts";
import { roundUpCount, roundUpLength } from "../buckets.ts";
import { DeviceDecodeCache } from "../device/device-decode-cache.ts";
import { vocabulary, withEmbeddings } from "../device/with-embeddings.ts";
import { promptMask, promptSupports } from "../prompts/decoder-batch.ts";
import { imageKeyCount, stepImageFeeds } from "../prompts/image-keys.ts";
import type { PreparedPrompt } from "../prompts/prepared-prompt.ts";
import type { Machinery } from "../scoring/machinery.ts";
import { RowReducer } from "../signals/attention-reduction.ts";
import { CalibratedRows, canCollect, reduceRows } from "../signals/calibrated-rows.ts";
import type { SampledCalibration } from "../signals/sampled-calibration.ts";
import type { QuantisedStages } from "../weights/quantised-stages.ts";
import { DecodeCache, type StepCache } from "./decode-cache.ts";
import { type DecodeSteps, ExactSteps } from "./decode-steps.ts";
import { type DecodeStretch, decodeStretches } from "./decode-stretches.ts";
import { Draft, type DraftRules, type NextTokens } from "./draft.ts";
import type { DraftWatch } from "./draft-watch.ts";
import { requirePromptRoom, runPrompts } from "./prompt-pass.ts";
import { QuantisedSteps } from "./quantised-steps.ts";
import { slotCost, slotPlan } from "./slot-plan.ts";
import { StepBuffers } from "./step-buffers.ts";

/** Tokens after which a full cache grows, by as many slots or a quarter, and finished completions may be dropped. */
const CACHE_STEP = 16;
/** Finished completions are dropped if a step then costs at most this share. */
const WORTH_MOVING = 0.8;

export interface DecodeRequest extends DraftRules {
  readonly prompts: readonly PreparedPrompt[];
  readonly groupSize: number;
  /** 1 when greedy */
  readonly temperature: number;
  /** `[P]` one a prompt, forked by the places of its completions. */
  readonly generators: readonly Rng[];
  readonly attention: AttentionRow | undefined;
  /** Left out where rows would take too much memory: a scoring pass can have it. */
  readonly calibrated: SampledCalibration | undefined;
  /** Steps in 8 bits, which record no signals. */
  readonly quantised: QuantisedStages | undefined;
  /** Called with every token of a watched request. */
  readonly watch: DraftWatch | undefined;
}

/**
 * Completions per prompt, `[P][G]`.
 *
 * @throws EngineError before any is sampled where a prompt does not fit into memory
 */
export async function decode(machinery: Machinery, request: DecodeRequest): Promise<Completion[][]> {
  await machinery.vision.encode(request.prompts.flatMap(({ images }) => images));
  requirePromptRoom(machinery, request.prompts);
  const completions = request.prompts.map((): Completion[] => []);
  for (const stretch of decodeStretches(machinery, request)) {
    const [from, to] = stretch.prompts;
    const size = sizeOf(stretch.completions);
    const fits = canCollect(request.prompts.slice(from, to), size, request.maxCompletionTokens);
    const wanted = fits ? request : { ...request, calibrated: undefined };
    const drafts = await new DecodeBatch(machinery, wanted, stretch).run();
    const finished = await finish(machinery, wanted, drafts);
    for (let p = from; p < to; p++) {
      completions[p]!.push(...finished.slice((p - from) * size, (p - from + 1) * size));
    }
  }
  return completions;
}

/** Completions with their signals. */
async function finish(
  { programs }: Machinery,
  { calibrated }: DecodeRequest,
  drafts: readonly Draft[],
): Promise<Completion[]> {
  const reduced =
    calibrated &&
    (await reduceRows(
      programs,
      drafts.map(({ signals }) => signals.calibrated!),
      calibrated,
    ));
  return drafts.map((draft, i) => draft.finish(reduced?.[i]));
}

class DecodeBatch {
  readonly #m: Machinery;
  readonly #request: DecodeRequest;
  readonly #drafts: readonly Draft[];
  /** Completions of a prompt that are decoded here, of its whole group or a part of it. */
  readonly #groupSize: number;
  readonly #promptLength: number;
  /** K, slots of a prompt's image tokens for cross-attention; 0 for none. */
  readonly #imageLength: number;
  readonly #buffers: StepBuffers;
  readonly #steps: DecodeSteps;
  readonly #firstPromptSlots: number;
  /** `[P]` prompts and `[P·G]` drafts in the present slots. */
  #prompts: readonly (PreparedPrompt | undefined)[];
  #slots: readonly (Draft | undefined)[];

  constructor(
    machinery: Machinery,
    request: DecodeRequest,
    { prompts: [firstPrompt, end], completions }: DecodeStretch,
  ) {
    this.#m = machinery;
    this.#request = request;
    const { attention, calibrated, maxCompletionTokens } = request;
    const prompts = request.prompts.slice(firstPrompt, end);
    this.#groupSize = sizeOf(completions);
    this.#prompts = prompts;
    this.#firstPromptSlots = roundUpCount(prompts.length);
    this.#promptLength = roundUpLength(Math.max(...prompts.map(({ tokens }) => tokens.length)));
    this.#imageLength = Math.max(...prompts.map(imageKeyCount));
    const { visual } = promptSupports(prompts, prompts.length, this.#promptLength);
    this.#drafts = prompts.flatMap((prompt, p) =>
      Array.from({ length: this.#groupSize }, (_, i) => {
        const g = completions[0] + i;
        const place = (firstPrompt + p) * request.groupSize + g;
        return new Draft(prompt, place, request.generators[firstPrompt + p]!.fork(g), {
          attention: attention && new RowReducer(visual, this.#promptLength, p, maxCompletionTokens),
          calibrated: calibrated && new CalibratedRows(prompt, this.#promptLength),
        });
      }),
    );
    this.#slots = this.#drafts;
    this.#buffers = new StepBuffers(machinery.config.text, machinery.table);
    this.#steps =
      request.quantised === undefined
        ? new ExactSteps(machinery, {
            row: attention !== undefined,
            calibratedLayers: this.#calibratedLayers,
          })
        : new QuantisedSteps(machinery, request.quantised);
  }

  async run(): Promise<readonly Draft[]> {
    const cache = await this.#prefill();
    try {
      await this.#decode(cache);
    } finally {
      cache.dispose();
    }
    return this.#drafts;
  }

  async #decode(cache: StepCache): Promise<void> {
    let cached = 0;
    while (this.#slots.some((draft) => draft !== undefined && this.#isWanted(draft))) {
      if (cached > 0 && cached % CACHE_STEP === 0) {
        await this.#moveOn(cache, cached);
      }
      const results = await this.#step(cache, cached);
      cache.append(cached, results);
      this.#read(results.host, cache.shape, cached);
      cached++;
    }
  }

  /** A complete draft is fed once more when its last token's own row is asked for. */
  #isWanted(draft: Draft): boolean {
    const { attention, calibrated } = this.#request;
    const { length } = draft.tokens;
    return (
      !draft.isComplete ||
      (attention === "own" && draft.signals.attention!.length < length) ||
      (calibrated?.request.row === "own" && draft.signals.calibrated!.length < length)
    );
  }

  /** Runs the prompts, draws every completion's first token, and opens the cache. */
  async #prefill(): Promise<StepCache> {
    const { config, store } = this.#m;
    const groupSize = this.#groupSize;
    const { calibrated, temperature } = this.#request;
    const prompts = this.#prompts as readonly PreparedPrompt[];
    const length = this.#promptLength;
    const slots = roundUpCount(prompts.length);
    const imageLength = this.#imageLength;
    const { host: outputs, device } = await runPrompts(this.#m, prompts, {
      length,
      imageLength,
      calibratedLayers: calibrated?.request.row === "predicting" ? this.#calibratedLayers : 0,
      temperature,
    });
    try {
      this.#drawFirst(outputs);
    } catch (error) {
      for (const array of Object.values(device)) array.dispose();
      throw error;
    }
    this.#prompts = pad(prompts, slots);
    this.#slots = pad(this.#drafts, slots * groupSize);
    const completionLength = Math.min(CACHE_STEP, roundUpLength(this.#request.maxCompletionTokens));
    const shape = { prompts: slots, groupSize, promptLength: length, completionLength };
    if (store.device !== undefined) {
      return DeviceDecodeCache.open(config.text, this.#m.programs, shape, device);
    }
    return new DecodeCache(config.text, imageLength > 0 ? { ...shape, imageLength } : shape, outputs);
  }

  /** Draws every completion's first token from the outputs of the prompts. */
  #drawFirst(outputs: Results["host"]): void {
    const { attention, calibrated, watch } = this.#request;
    for (const [i, draft] of this.#drafts.entries()) {
      const p = Math.floor(i / this.#groupSize);
      const start = p * this.#promptLength;
      if (attention === "predicting") draft.signals.attention!.push(outputs["lastRow"]!, start, 0, -1);
      if (calibrated?.request.row === "predicting") {
        draft.signals.calibrated!.push(outputs["calibratedRow"]!, start, 0, -1);
      }
      this.#draw(draft, nextTokens(outputs), p);
    }
    watch?.report();
  }

  async #step(cache: StepCache, cached: number): Promise<Results> {
    const { store } = this.#m;
    const embedding = vocabulary(this.#m, store.weights);
    const rows = this.#buffers.rows(this.#slots.length);
    for (const [i, draft] of this.#slots.entries()) {
      const token = draft?.tokens[cached];
      if (draft !== undefined && token !== undefined) {
        rows.token(i, token, draft.prompt.positions.next + cached, embedding);
      }
    }
    const { prompts, groupSize, promptLength, completionLength, imageLength = 0 } = cache.shape;
    const feeds = {
      ...cache.feeds(cached),
      cosine: rows.cosine,
      sine: rows.sine,
      promptMask: promptMask(this.#prompts, prompts, promptLength),
      ...(imageLength > 0 &&
        stepImageFeeds({ prompts: this.#prompts, slots: prompts, imageLength }, groupSize)),
      cacheMask: new Float32Array(completionLength).fill(HIDDEN).fill(0, 0, cached),
      inverseTemperature: Float32Array.of(1 / this.#request.temperature),
    };
    return withEmbeddings(this.#m, rows, store.weights, (embeddings) =>
      this.#steps.run(cache.shape, { ...feeds, embeddings }),
    );
  }

  #read(outputs: Readonly<Record<string, Float32Array>>, shape: BatchShape, cached: number): void {
    const { attention, calibrated, watch } = this.#request;
    const keys = shape.promptLength + shape.completionLength + 1;
    for (const [i, draft] of this.#slots.entries()) {
      if (draft === undefined || draft.tokens.length <= cached) {
        continue;
      }
      if (watch?.hasEnded(draft)) draft.end();
      const wasComplete = draft.isComplete;
      if (attention !== undefined && (attention === "own" || !wasComplete)) {
        draft.signals.attention!.push(outputs["row"]!, i * keys, cached, keys - 1);
      }
      if (calibrated !== undefined && (calibrated.request.row === "own" || !wasComplete)) {
        draft.signals.calibrated!.push(outputs["calibratedRow"]!, i * keys, cached, keys - 1);
      }
      if (!wasComplete) {
        this.#draw(draft, nextTokens(outputs), i);
      }
    }
    watch?.report();
  }

  #draw(draft: Draft, next: NextTokens, row: number): void {
    draft.draw(next, row, this.#request);
    this.#request.watch?.note(draft, next, row, this.#m.config.text.vocabSize);
  }

  /** Layers whose rows are averaged; 0 when no calibrated attention is asked for. */
  get #calibratedLayers(): number {
    const { calibrated } = this.#request;
    return calibrated === undefined ? 0 : Math.min(calibrated.request.layers, this.#m.config.text.layers);
  }

  /** Grows a full cache. Drops finished completions and prompts then, and whenever that makes a step cheap enough. */
  async #moveOn(cache: StepCache, cached: number): Promise<void> {
    const left = new Map<PreparedPrompt, { readonly slot: number; readonly rows: number[] }>();
    for (const [row, draft] of this.#slots.entries()) {
      if (draft === undefined || !this.#isWanted(draft)) continue;
      const known = left.get(draft.prompt);
      if (known) known.rows.push(row);
      else left.set(draft.prompt, { slot: Math.floor(row / cache.shape.groupSize), rows: [row] });
    }
    const groups = [...left.values()];
    const plan = slotPlan(
      groups.map(({ rows }) => rows),
      this.#firstPromptSlots,
    );
    const shape = {
      ...cache.shape,
      prompts: plan.prompts.length,
      groupSize: plan.groupSize,
      completionLength: this.#grown(cache.shape.completionLength, cached),
    };
    const isFull = shape.completionLength > cache.shape.completionLength;
    if (!isFull && slotCost(shape) > WORTH_MOVING * slotCost(cache.shape)) return;
    const promptSlots = plan.prompts.map((group) => groups[group]?.slot ?? -1);
    await cache.reshape(shape, promptSlots, plan.rows);
    this.#prompts = promptSlots.map((slot) => this.#prompts[slot]);
    this.#slots = plan.rows.map((row) => this.#slots[row]);
  }

  /** A cache that is full grows by a quarter: each length is a program of its own. */
  #grown(length: number, cached: number): number {
    if (cached < length) return length;
    const most = roundUpLength(this.#request.maxCompletionTokens, CACHE_STEP);
    return Math.min(most, length + roundUpLength(length / 4, CACHE_STEP));
  }
}

function sizeOf([from, to]: DecodeStretch["completions"]): number {
  return to - from;
}

function nextTokens(outputs: Readonly<Record<string, Float32Array>>): NextTokens {
  return {
    probabilities: outputs["probabilities"]!,
    logprobs: outputs["logprobs"]!,
    entropy: outputs["entropy"]!,
  };
}

function pad<T>(list: readonly T[], length: number): (T | undefined)[] {
  return Array.from({ length }, (_, i) => list[i]);
}
