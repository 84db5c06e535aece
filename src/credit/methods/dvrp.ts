/**
 * @module
 * DVRP (arXiv:2601.06801): two terms of the loss. Answers should move away from those without the image, and stay where
 * they are when the image is only noisy; the noise fades over the run.
 */
import * as z from "zod";
import { annealedSteps, DIVERGENCE_DIRECTIONS, sampledDivergence } from "../../math/index.ts";
import { checkSignals, counts } from "../check-signals.ts";
import { imageAblationSchema } from "../image-ablation.ts";
import { type CreditMethod, type CreditViewTerm, defineCredit, type ViewPass } from "../method.ts";
import { neededOptionsOf } from "../option-rules.ts";
import { perCompletion, requirePart, requireSignal } from "../per-completion.ts";
import { uniformWeights } from "./uniform-weights.ts";

const direction = (what: string) =>
  z
    .enum(DIVERGENCE_DIRECTIONS)
    .default("estimate")
    .describe(
      `Which divergence ${what}: forward, KL(given ‖ view); reverse, KL(view ‖ given); estimate, the k3 estimate of the ` +
        "first, differentiated, whose gradient is that of the second.",
    );
const noiseOptions = z
  .strictObject({
    initial: z.int().min(0).max(999).default(500).describe("Steps of diffusion at the start of the run."),
    slope: z.number().positive().default(10).describe("How fast they fall."),
    middle: z.number().min(0).max(1).default(0.5).describe("Share of the run where half of them are left."),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(0)
      .describe("Seed of the noise."),
  })
  .describe("Noise of the second view, which fades over the run.");

const dvrpSchema = z
  .strictObject({
    kind: z.literal("dvrp"),
    necessity: z
      .number()
      .nonnegative()
      .default(0.01)
      .describe("Weight of the divergence from the masked view, which is driven up (λ_nec)."),
    robustness: z
      .number()
      .nonnegative()
      .default(0.01)
      .describe("Weight of the divergence from the noised view, which is driven down (λ_rob)."),
    entropyPenalty: z
      .number()
      .nonnegative()
      .default(0.05)
      .describe(
        "Weight of −log π under both views in the loss (λ_ent); a constant unless their gradient is followed.",
      ),
    necessityDirection: direction("is driven up"),
    robustnessDirection: direction("is driven down"),
    gradient: z
      .enum(["given", "all"])
      .default("given")
      .describe("Gradients go through the images as given alone, or through the views too."),
    bound: z.number().positive().default(10).describe("A token's divergence counts up to this, in nats."),
    masked: imageAblationSchema.prefault({ kind: "blacken-patches", probability: 0.6, patch: 14 }),
    noise: noiseOptions.prefault({}),
  })
  .describe("DVRP, arXiv:2601.06801: loss terms away from a masked view and toward a noised one.");

export type DvrpOptions = Pick<
  z.output<typeof dvrpSchema>,
  "necessity" | "robustness" | "entropyPenalty" | "necessityDirection" | "robustnessDirection" | "bound"
>;

const readOptions = neededOptionsOf(
  dvrpSchema,
  "necessity",
  "robustness",
  "entropyPenalty",
  "necessityDirection",
  "robustnessDirection",
  "bound",
);

/**
 * The term at one token, as it is maximised, with its slopes.
 *
 *     λ_nec·D(given, masked) − λ_rob·D(given, noised) + λ_ent·(log π(o|masked) + log π(o|noised))
 *
 * Source: arXiv:2601.06801, Eq. 4, with divergences of sampled tokens where the paper sums over the vocabulary.
 *
 * @param given log π(o), nats
 * @param masked the same under the masked view
 * @param noised the same under the noised view
 * @throws ConfigError, NumericError when an option is unknown, absent or impossible
 */
export function dvrpTerm(
  options: DvrpOptions,
  given: number,
  masked: number,
  noised: number,
): ReturnType<CreditViewTerm["at"]> {
  return awayAndToward(readOptions(options), given, masked, noised);
}

/** The term of options that are known to be possible. */
function awayAndToward(
  options: DvrpOptions,
  given: number,
  masked: number,
  noised: number,
): ReturnType<CreditViewTerm["at"]> {
  const { necessity, robustness, entropyPenalty, bound } = options;
  const away = sampledDivergence(options.necessityDirection, given, masked, bound);
  const toward = sampledDivergence(options.robustnessDirection, given, noised, bound);
  return {
    value: necessity * away.value - robustness * toward.value + entropyPenalty * (masked + noised),
    given: necessity * away.first - robustness * toward.first,
    views: [necessity * away.second + entropyPenalty, entropyPenalty - robustness * toward.second],
  };
}

/** DVRP with its options bound. */
function dvrpMethod(config: z.output<typeof dvrpSchema>): CreditMethod {
  const needsAt = (progress: number) => ({
    views: {
      masked: { image: config.masked },
      noised: {
        image: {
          kind: "diffusion" as const,
          step: annealedSteps(config.noise, progress),
          seed: config.noise.seed,
        },
      },
    },
  });
  const isConstant = config.gradient === "given";
  const method = perCompletion(needsAt(0), (completion, where) => {
    const passes = requireSignal(completion, "views", config.kind, where);
    const [masked, noised] = ["masked", "noised"].map((name) =>
      requirePart(passes[name], `the view "${name}"`, config.kind, where),
    ) as [ViewPass, ViewPass];
    const { mask } = completion;
    checkSignals({ masked: ["logprob", masked.logprobs], noised: ["logprob", noised.logprobs] }, mask);
    const viewTerm: CreditViewTerm = {
      views: [masked, noised].map(({ image, logprobs }) => ({
        image,
        logprobs,
        ...(isConstant && { isConstant }),
      })),
      at: (t, given, [first, second]) =>
        counts(mask, t)
          ? awayAndToward(config, given, first!, second!)
          : { value: 0, given: 0, views: [0, 0] },
    };
    return { weights: uniformWeights(mask), viewTerm };
  });
  return { ...method, needsAt, followsRun: true, sharesEvenly: true, addsLossTerm: true };
}

export const dvrpCredit = defineCredit({ schema: dvrpSchema, create: dvrpMethod });
