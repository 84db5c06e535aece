/**
 * @module
 * Inspects a completion with a model: its log-probs, its attention, its log-probs without the image, and what every
 * credit method assigns to it.
 */
import { type CreditMethod, partAt, SIGNALS } from "../credit/index.ts";
import type {
  Alternatives,
  Capability,
  Engine,
  Prompt,
  Score,
  SignalRequest,
  Signals,
  StopReason,
} from "../engine/index.ts";
import { EngineError } from "../errors/index.ts";
import { overPicture, pictureSize, type TokenGrid, type Vision } from "../model/index.ts";
import type { CompletionInspection, ImageAttention, ShownGrid, ShownSignal } from "./inspection.ts";
import { methodWeights } from "./method-weights.ts";
import { nearestTokens } from "./nearest-tokens.ts";
import { rememberedScores } from "./remembered-scores.ts";

/** Pairs of tokens are T² numbers. */
const MOST_PAIRED_TOKENS = 1024;
/** Rows on image tokens are T × I numbers of text each. */
const MOST_IMAGE_NUMBERS = 400_000;

/** Likeliest tokens that are shown in the place of each. */
const ALTERNATIVES = 5;

/** A completion of a group. */
export interface GroupMember {
  readonly tokens: ArrayLike<number>;
  readonly stopReason: StopReason;
  /** Null where unknown. */
  readonly advantage: number | null;
}

/** The completion to inspect. */
export interface Subject {
  readonly prompt: Prompt;
  /** The whole group, since methods compare completions with each other. */
  readonly group: readonly GroupMember[];
  /** Place of the completion in its group. */
  readonly place: number;
}

/** The parts of an inspection. */
export interface Instrument {
  readonly engine: Engine;
  /** How images and videos are cut into tokens; undefined for a text model. */
  readonly vision: Vision | undefined;
  /** Credit methods to ask. */
  readonly methods: readonly CreditMethod[];
  /** That the completions were sampled at. */
  readonly temperature: number;
}

const rounded = (values: ArrayLike<number>): number[] =>
  Array.from(values, (value) => Number(value.toPrecision(6)));

function completionOf({ tokens, stopReason }: GroupMember, { logprobs, entropy }: Score) {
  return {
    tokens: Int32Array.from(tokens),
    logprobs,
    entropy: entropy ?? new Float64Array(tokens.length).fill(Number.NaN),
    stopReason,
  };
}

/** A picture, or one patch of time of a video. */
interface Shown {
  readonly grid: TokenGrid;
  readonly patch?: Pick<ShownGrid, "video" | "seconds">;
}

/** Everything that is shown, in order: an image as a whole, a video by its patches of time. */
function shownIn({ chunks }: Prompt, vision: Vision): Shown[] {
  const videos: object[] = [];
  return chunks.flatMap((chunk): Shown[] => {
    if (chunk.kind === "text") return [];
    const grid = vision.grid(chunk);
    const { secondsPerFrame } = grid;
    if (chunk.kind === "image" || secondsPerFrame === undefined) return [{ grid }];
    const whole = chunk.partOf ?? chunk.video;
    if (whole !== videos.at(-1)) videos.push(whole);
    // Of the video's own frames, not of its patches of time.
    const first = whole === chunk.video ? 0 : whole.frames.indexOf(chunk.video.frames[0]!);
    return Array.from({ length: grid.frames }, (_, k) => ({
      grid: { ...grid, frames: 1 },
      patch: { video: videos.length - 1, seconds: first / chunk.video.fps + k * secondsPerFrame },
    }));
  });
}

/** Attention rows by image; null where the engine gave none, or they are too many to show. */
function imagesOf(
  prompt: Prompt,
  vision: Vision | undefined,
  rows: Float64Array | undefined,
  tokens: number,
): ImageAttention[] | null {
  if (vision === undefined || rows === undefined || rows.length > MOST_IMAGE_NUMBERS) return null;
  const width = tokens === 0 ? 0 : rows.length / tokens;
  let from = 0;
  return shownIn(prompt, vision).map(({ grid, patch }) => {
    const first = from;
    from += grid.frames * grid.rows * grid.columns;
    const last = from;
    const laid = Array.from({ length: tokens }, (_, t) =>
      overPicture(rows.subarray(t * width + first, t * width + last), grid),
    );
    return { ...pictureSize(grid), ...patch, tokens: laid.map(({ values }) => rounded(values)) };
  });
}

/** The signals that an engine can be asked for to look at: with numbers of pairs of tokens, or without. */
function lookedAt(can: (capability: Capability) => boolean, hasPairs: boolean): SignalRequest {
  const asked = SIGNALS.filter(
    ({ parts, needs, look }) =>
      parts.some(({ shape }) => shape === "T×T") === hasPairs &&
      needs.every((need) => !need.when(look) || can(need.capability)),
  );
  return Object.fromEntries(asked.map(({ name, look }) => [name, look]));
}

/** All parts that have a number a token; a part that several signals have in common once. */
function shownSignals(signals: Signals): ShownSignal[] {
  const all = SIGNALS.flatMap(({ name, parts }) =>
    parts.flatMap(({ path, shape, label }) => {
      const values = shape === "T" ? partAt(signals[name], path) : undefined;
      return values === undefined ? [] : [{ signal: name, label, values: rounded(values) }];
    }),
  );
  return all.filter(({ label }, i) => all.findIndex((other) => other.label === label) === i);
}

function alternativesOf({ tokens, logprobs }: Alternatives, places: number) {
  const count = places === 0 ? 0 : tokens.length / places;
  return Array.from({ length: places }, (_, t) =>
    Array.from({ length: count }, (_other, i) => ({
      token: tokens[t * count + i]!,
      logprob: Number(logprobs[t * count + i]!.toPrecision(6)),
    })),
  );
}

/**
 * One completion of a group as a model sees it.
 *
 * @throws EngineError when the engine cannot score
 */
export async function inspectCompletion(
  { engine, vision, methods, temperature }: Instrument,
  { prompt, group, place }: Subject,
): Promise<CompletionInspection> {
  const asked = group[place];
  if (asked === undefined) throw new EngineError(`completion ${place}: the group has ${group.length}`);
  const tokens = asked.tokens.length;
  const can = (capability: Capability) => engine.capabilities.has(capability);
  const sequences = (members: readonly GroupMember[]) =>
    members.map((member) => ({ prompt, completion: Int32Array.from(member.tokens) }));
  const scorer = rememberedScores(engine);
  const scores = await scorer.score(sequences(group), {
    temperature,
    ...(can("entropy") && { entropy: true }),
    ...(can("full-distribution") && { alternatives: ALTERNATIVES }),
    signals: lookedAt(can, false),
  });
  const [compared] = await scorer.score(sequences([asked]), {
    temperature,
    ...(can("full-distribution") && { divergenceFrom: { kind: "discard" } }),
    signals: tokens <= MOST_PAIRED_TOKENS ? lookedAt(can, true) : {},
  });
  const own = scores[place];
  if (own === undefined || compared === undefined) throw new EngineError("score: expected a score, got none");
  const { attention, imageRows } = own.signals ?? {};
  const weights = await methodWeights(
    scorer,
    methods,
    {
      answers: group.map((member, i) => ({
        prompt,
        completion: completionOf(member, scores[i] ?? own),
        advantage: member.advantage ?? 0,
      })),
      temperature,
    },
    place,
  );
  const { calibrated } = compared.signals ?? {};
  return {
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
    signals: shownSignals({ ...own.signals, ...compared.signals }),
    withoutImage: compared.ablatedLogprobs === undefined ? null : rounded(compared.ablatedLogprobs),
    divergence: compared.divergence === undefined ? null : rounded(compared.divergence),
    neighbours: calibrated === undefined ? null : nearestTokens(calibrated.gram, tokens),
    alternatives: own.alternatives === undefined ? null : alternativesOf(own.alternatives, tokens),
    images: imagesOf(prompt, vision, imageRows, tokens),
    methods: weights.map((one) => (one.weights === null ? one : { ...one, weights: rounded(one.weights) })),
  };
}
