/**
 * @module
 * Whether attention causes errors: DyCo-RL's causal intervention (arXiv:2606.08035, section 4.1, Eq. 5) on single tokens of
 * known truth, against placebos.
 *
 * Each token is intervened on alone, with everything before it as it was sampled. It is recovered when the model's
 * likeliest token becomes one of the right tokens at its place. Only tokens whose likeliest token was wrong take
 * part: a wrong token that was merely drawn needs no recovery.
 */
import { isRightToken } from "../data/index.ts";
import type { AttentionIntervention, Engine } from "../engine/index.ts";
import { type BootstrapOptions, bootstrapIntervals, type Interval, mean, type Rng } from "../math/index.ts";
import type { Candidate, TokenClass } from "./candidates.ts";
import type { Collected } from "./collect.ts";
import { GroupedSums } from "./statistics/grouped-sums.ts";

/**
 * The amplified attention: the token's toward the modality of its role; toward the other modality; or another
 * token's, drawn at random.
 */
export const ARMS = ["targeted", "wrong modality", "random token"] as const;
export type Arm = (typeof ARMS)[number];

/** Layers and heads that are amplified together. */
export interface Site {
  readonly name: string;
  /** From 0, or all; the last alone unless given. */
  readonly layers?: AttentionIntervention["layers"];
  /** From 0; all unless given. */
  readonly heads?: readonly number[] | undefined;
}

export interface InterventionOptions {
  readonly engine: Engine;
  /** The text of each token alone. */
  readonly tokenTexts: (tokens: ArrayLike<number>) => string[];
  readonly sites: readonly Site[];
  /** λ, rising. */
  readonly lambdas: readonly number[];
  readonly bootstrap: BootstrapOptions;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly shouldStop?: (() => boolean) | undefined;
}

/** The effect of one strength. */
export interface Effect {
  readonly lambda: number;
  /** Share of wrong tokens recovered. */
  readonly recovered: Readonly<Record<Arm, Interval>>;
  /** Share of wrong tokens whose likeliest token is another than before, right or not. */
  readonly changed: Readonly<Record<Arm, number>>;
  /** Targeted minus wrong modality. */
  readonly advantage: Interval;
  /** Share of right tokens, amplified as targeted tokens are, that stay right; absent where there are none. */
  readonly kept?: Interval;
}

export interface RoleIntervention {
  readonly role: "image" | "reasoning";
  readonly site: Site;
  /** Wrong tokens whose right text is known, in all completions. */
  readonly wrong: number;
  /** Number of sampled tokens whose likeliest token was right nevertheless. */
  readonly onlyDrawnWrong: number;
  /** Those intervened on. */
  readonly tokens: number;
  /** Right tokens intervened on. */
  readonly rightTokens: number;
  readonly effects: readonly Effect[];
}

const ROLES = [
  { role: "image", wrong: "P^e", right: "P^r", wanted: "visual", other: "text" },
  { role: "reasoning", wrong: "R^e", right: "R^r", wanted: "text", other: "visual" },
] as const satisfies readonly {
  role: string;
  wrong: TokenClass;
  right: TokenClass;
  wanted: AttentionIntervention["modality"];
  other: AttentionIntervention["modality"];
}[];

/** Sequences of one scoring call. */
const CHUNK = 256;

/** A sweep over λ for each role and site; when it is stopped, all strengths that are done, of the last site fewer. */
export async function intervene(
  { candidates }: Pick<Collected, "candidates">,
  options: InterventionOptions,
  rng: Rng,
): Promise<RoleIntervention[]> {
  const { lambdas, sites, onProgress, shouldStop = () => false } = options;
  const found: RoleIntervention[] = [];
  const total = ROLES.length * sites.length * lambdas.length;
  let done = 0;
  let isStopped = false;
  for (const { role, wrong, right, wanted, other } of ROLES) {
    const sampled = candidates[wrong].kept;
    const atFirst = await likeliestTokens(sampled, undefined, options);
    const errors = sampled.filter((_, i) => !atFirst[i]!.isRight);
    const before = atFirst.filter(({ isRight }) => !isRight);
    const rightAtFirst = await likeliestTokens(candidates[right].kept, undefined, options);
    const controls = candidates[right].kept.filter((_, i) => rightAtFirst[i]!.isRight);
    const places = errors.map(({ tokens }) => tokens.length - 1);
    const draws = rng.fork(role);
    const random = places.map((place) => (place === 0 ? [] : [draws.integer(place)]));
    for (const site of sites) {
      const effects: Effect[] = [];
      for (const lambda of lambdas) {
        isStopped = shouldStop();
        if (isStopped) break;
        const amplified = (
          modality: AttentionIntervention["modality"],
          tokens: readonly (readonly number[])[],
        ) => ({
          tokens,
          modality,
          lambda,
          layers: site.layers,
          heads: site.heads,
        });
        const own = places.map((place) => [place]);
        const outcomes = {
          targeted: await likeliestTokens(errors, amplified(wanted, own), options),
          "wrong modality": await likeliestTokens(errors, amplified(other, own), options),
          "random token": await likeliestTokens(errors, amplified(wanted, random), options),
        };
        const atControls = controls.map(({ tokens }) => [tokens.length - 1]);
        const kept = await likeliestTokens(controls, amplified(wanted, atControls), options);
        effects.push(
          effectOf(lambda, { errors, before, outcomes, controls, kept }, draws, options.bootstrap),
        );
        onProgress?.(++done, total);
      }
      if (isStopped && effects.length === 0) return found;
      found.push({
        role,
        site,
        wrong: candidates[wrong].offered,
        onlyDrawnWrong: sampled.length - errors.length,
        tokens: errors.length,
        rightTokens: controls.length,
        effects,
      });
      if (isStopped) return found;
    }
  }
  return found;
}

/** A token that the model would choose. */
interface Choice {
  readonly token: number;
  readonly isRight: boolean;
}

/** Each candidate's likeliest token, with attention amplified where that is asked for. */
async function likeliestTokens(
  candidates: readonly Candidate[],
  intervention: AttentionIntervention | undefined,
  { engine, tokenTexts }: InterventionOptions,
): Promise<Choice[]> {
  const choices: Choice[] = [];
  for (let start = 0; start < candidates.length; start += CHUNK) {
    const chunk = candidates.slice(start, start + CHUNK);
    const scores = await engine.score(
      chunk.map(({ prompt, tokens }) => ({ prompt, completion: tokens })),
      {
        likeliest: true,
        ...(intervention && {
          intervention: { ...intervention, tokens: intervention.tokens.slice(start, start + CHUNK) },
        }),
      },
    );
    for (const [i, { right, tokens }] of chunk.entries()) {
      const token = scores[i]!.likeliest![tokens.length - 1]!;
      const [text = ""] = tokenTexts([token]);
      choices.push({ token, isRight: isRightToken(text, right) });
    }
  }
  return choices;
}

function effectOf(
  lambda: number,
  {
    errors,
    before,
    outcomes,
    controls,
    kept,
  }: {
    readonly errors: readonly Candidate[];
    readonly before: readonly Choice[];
    readonly outcomes: Readonly<Record<Arm, readonly Choice[]>>;
    readonly controls: readonly Candidate[];
    readonly kept: readonly Choice[];
  },
  rng: Rng,
  bootstrap: BootstrapOptions,
): Effect {
  const units = new Map<number, number>();
  for (const { unit } of [...errors, ...controls]) {
    if (!units.has(unit)) units.set(unit, units.size);
  }
  const sumsOf = (items: readonly Candidate[], choices: readonly Choice[]) => {
    const sums = new GroupedSums(units.size);
    for (const [i, { unit }] of items.entries()) sums.add(units.get(unit)!, Number(choices[i]!.isRight));
    return sums;
  };
  const byArm = ARMS.map((arm) => sumsOf(errors, outcomes[arm]));
  const ofKept = sumsOf(controls, kept);
  const [targeted, wrong, random, advantage, stayed] = bootstrapIntervals(
    units.size,
    (weights) => {
      const shares = byArm.map((sums) => sums.mean(weights));
      return [...shares, shares[0]! - shares[1]!, ofKept.mean(weights)];
    },
    rng.fork(`bootstrap ${lambda}`),
    bootstrap,
  );
  const changed = (arm: Arm) => mean(outcomes[arm].map(({ token }, i) => Number(token !== before[i]!.token)));
  return {
    lambda,
    changed: {
      targeted: changed("targeted"),
      "wrong modality": changed("wrong modality"),
      "random token": changed("random token"),
    },
    recovered: { targeted: targeted!, "wrong modality": wrong!, "random token": random! },
    advantage: advantage!,
    ...(controls.length > 0 && { kept: stayed! }),
  };
}
