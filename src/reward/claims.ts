/**
 * @module
 * VAPO's perception reward: the completion is cut within its reasoning, and the policy is asked there whether claims
 * about the image are true. A policy that still sees the image late in its reasoning earns most.
 *
 * Source: VAPO, arXiv:2509.25848, Eq. 4; the authors' code, github.com/xytian1008/VAPO at 67687cf,
 * `examples/reward_function/vapo.py` and `verl/workers/rollout/vllm_rollout_spmd.py`.
 */
import * as z from "zod";
import type { Problem, VisualClaim } from "../data/index.ts";
import { NumericError } from "../errors/index.ts";
import { Rng } from "../math/index.ts";
import { columnList } from "./column-list.ts";
import { entryOptions } from "./options.ts";
import { requirePolicy } from "./require-policy.ts";
import { defineReward } from "./reward.ts";

const PUNCTUATION = new Set([",", ".", "\n", "!", "?", ";", ":"]);

/**
 * Places at which a completion can be cut: punctuation of its reasoning, at least two characters apart.
 *
 * @returns `[N]` indices of the punctuation, rising
 */
export function cutPlaces(text: string): number[] {
  const end =
    ["</think>", "\\boxed"].map((mark) => text.indexOf(mark)).find((place) => place >= 0) ?? text.length;
  const places: number[] = [];
  for (let place = 0; place < end; place++) {
    if (PUNCTUATION.has(text[place]!) && place - (places.at(-1) ?? -3) >= 2) places.push(place);
  }
  return places;
}

/**
 * The reward of answers to claims.
 *
 *     max(0, 2·(Σ wₖ·sₖ / Σ wₖ − ½)),   wₖ = e^{β·placeₖ/length}
 *
 * @param right `[K]` whether each claim was answered right
 * @param places `[K]` where the completion was cut before each
 * @param length characters of the completion, above 0
 * @returns in [0, 1]; 0 without claims
 * @throws NumericError when a place lies outside the completion
 * @example
 * claimReward([true, true], [3, 9], 10, 1.5); // 1
 */
export function claimReward(
  right: readonly boolean[],
  places: readonly number[],
  length: number,
  beta: number,
): number {
  if (right.length === 0) return 0;
  let total = 0;
  let scored = 0;
  for (const [k, isRight] of right.entries()) {
    const place = places[k];
    if (!(place !== undefined && place >= 0 && place < length)) {
      throw new NumericError(`places[${k}]: expected a place in a text of ${length}, got ${place}`);
    }
    const weight = Math.exp((beta * place) / length);
    total += weight;
    if (isRight) scored += weight;
  }
  return Math.max(0, 2 * (scored / total - 0.5));
}

const claimsSchema = z.array(z.object({ text: z.string(), isTrue: z.boolean() }));

/**
 * Claims of a problem: its own, or the claims in its column.
 *
 * @throws PartError when the column holds anything else
 */
function claimsOf({ claims, columns }: Problem, column: string): readonly VisualClaim[] {
  return columnList(claims ?? columns[column], {
    schema: claimsSchema,
    where: `column ${column}`,
    expected: "a list of { text, isTrue }, isTrue a boolean",
  });
}

/** Whether a reply says yes. */
const saysYes = (reply: string) => /^\W*(yes|true|correct)/i.test(reply);

/** A number of entries of a list, drawn without repetition as long as there are enough, in rising order. */
function drawnPlaces(places: readonly number[], count: number, rng: Rng): number[] {
  const drawn = rng.shuffle([...places]).slice(0, count);
  while (drawn.length < count) drawn.push(places.at(-1)!);
  return drawn.sort((a, b) => a - b);
}

/** VAPO's reward of a right completion; 0 of a wrong one, null of a problem without claims. */
export const claimsReward = defineReward({
  schema: z
    .strictObject({
      kind: z.literal("claims"),
      ...entryOptions(0.1),
      count: z.int().min(1).default(20).describe("Number of claims per completion (K)."),
      beta: z.number().nonnegative().default(1.5).describe("How much more late claims count (β)."),
      column: z
        .string()
        .min(1)
        .default("claims")
        .describe("Column with [{ text, isTrue }], if the task has no claims."),
      labels: z
        .enum(["own", "first"])
        .default("own")
        .describe(
          "Compare an answer with the label of its claim, or, as in the authors' code, with the label of the claim at that index.",
        ),
      seed: z.int().min(0).default(0).describe("Seed of places and claims."),
    })
    .describe("VAPO's reward: claims about the image that the policy judges correctly within its reasoning."),
  create: ({ count, beta, column, labels, seed }) => ({
    asks: "answers",
    async score(answered, _, given) {
      const policy = requirePolicy(given, "claims");
      const asked = answered.map(({ problem, text, judgement }, i) => {
        const claims = claimsOf(problem, column);
        if (claims.length === 0 || judgement.score === null) return null;
        if (judgement.score < 0.5 || text === "") return [];
        const rng = new Rng(seed).fork(`${problem.id}/${i}/${text}`);
        const found = cutPlaces(text);
        const number = Math.min(count, claims.length);
        const places =
          found.length === 0
            ? new Array<number>(number).fill(text.length - 1)
            : drawnPlaces(found, number, rng);
        const order = rng.shuffle(claims.map((__, k) => k)).slice(0, number);
        return places.map((place, k) => {
          const claim = claims[order[k]!]!;
          const held = labels === "own" ? claim : claims[k]!;
          return {
            place,
            isTrue: held.isTrue,
            question: problem.question,
            images: problem.images,
            begun: `${text.slice(0, place + 1)}\n<anchor>${claim.text} Is this claim correct? Answer (Yes/No): `,
          };
        });
      });
      const replies = await policy.answer(
        asked.flatMap((one) => one ?? []),
        { temperature: 0, maxTokens: 1 },
      );
      let next = 0;
      return asked.map((one, i) => {
        if (one === null) return null;
        const right = one.map(({ isTrue }) => saysYes(replies[next++]!) === isTrue);
        return claimReward(
          right,
          one.map(({ place }) => place),
          answered[i]!.text.length,
          beta,
        );
      });
    },
  }),
});
