/**
 * @module
 * The signals that a credit method needs, recorded while sampling or from scoring passes.
 */
import {
  type AblatedPass,
  type CreditMethod,
  type CreditNeeds,
  type CreditSignals,
  hasSignals,
  signalCapabilities,
  signalRequest,
  type ViewPass,
} from "../../credit/index.ts";
import {
  ablationCapability,
  type Capability,
  type Completion,
  type Prompt,
  type Score,
  type ScoreRequest,
  type Scorer,
} from "../../engine/index.ts";
import { EngineError } from "../../errors/index.ts";

/** A sampled completion with its prompt. */
export interface Answered {
  readonly prompt: Prompt;
  readonly completion: Completion;
}

/** The engine capabilities that these needs require. */
export function creditCapabilities({
  entropy,
  nucleusEntropy,
  groupDivergence,
  ablation,
  views,
  ...needs
}: CreditNeeds): Capability[] {
  const seesEntropy = entropy || Object.values(views ?? {}).some((view) => view.entropy);
  return [
    ...signalCapabilities(needs),
    ...(seesEntropy ? (["entropy"] as const) : []),
    ...[...(ablation ? [ablation] : []), ...Object.values(views ?? {})].map(({ image }) =>
      ablationCapability(image),
    ),
    ...(groupDivergence ? (["group-divergence"] as const) : []),
    ...(ablation?.divergence || nucleusEntropy !== undefined ? (["full-distribution"] as const) : []),
  ];
}

/** The method with its needs for an engine with these capabilities. */
export function suitedTo(available: ReadonlySet<Capability>, method: CreditMethod): CreditMethod {
  const { lighterNeeds } = method;
  const isLighter =
    lighterNeeds !== undefined && creditCapabilities(lighterNeeds).every((one) => available.has(one));
  return isLighter ? { ...method, needs: lighterNeeds } : method;
}

/**
 * Signals of each completion.
 *
 * @param temperature of the completions' sampling
 * @param needs of the credit method
 * @param isStale whether another policy sampled the completions: earlier or rounded weights. Both compared passes
 *   then use the current policy, and so does entropy that is compared with a view's. Attention and other entropy recorded
 *   while sampling remain the sampling policy's
 * @returns in the order of `answers`
 */
export async function creditSignals(
  engine: Scorer,
  temperature: number,
  needs: CreditNeeds,
  answers: readonly Answered[],
  isStale = false,
): Promise<CreditSignals[]> {
  const attention = await attentionSignals(engine, temperature, needs, answers);
  const passes =
    needs.ablation && (await ablatedPasses(engine, temperature, needs.ablation, answers, isStale));
  const views = needs.views && (await viewPasses(engine, temperature, needs.views, answers));
  const entropies = needs.entropy && (await givenEntropies(engine, temperature, needs, answers, isStale));
  const { nucleusEntropy, groupDivergence } = needs;
  const measured =
    nucleusEntropy === undefined && groupDivergence === undefined
      ? undefined
      : await score(engine, answers, {
          temperature,
          ...(nucleusEntropy && { nucleusEntropy }),
          ...(groupDivergence && { groupDivergence }),
        });
  return answers.map((_, i) => ({
    ...attention[i],
    ...(nucleusEntropy && { nucleusEntropy: asked(measured?.[i]?.nucleusEntropy, "nucleus entropies") }),
    ...(groupDivergence && { groupDivergence: asked(measured?.[i]?.groupDivergence, "group divergences") }),
    ...(entropies && { entropy: entropies[i]! }),
    ...(passes && { ablation: passes[i]! }),
    ...(views && { views: views[i]! }),
  }));
}

/** Entropies with the images as given: from sampling, or of the current policy if they are compared with a view's. */
async function givenEntropies(
  engine: Scorer,
  temperature: number,
  { ablation, views }: CreditNeeds,
  answers: readonly Answered[],
  isStale: boolean,
): Promise<Float64Array[]> {
  const isCompared = ablation?.divergence || Object.values(views ?? {}).some((view) => view.entropy);
  if (!isStale || !isCompared) return answers.map(({ completion }) => completion.entropy);
  const scores = await score(engine, answers, { temperature, entropy: true });
  return scores.map(({ entropy }) => asked(entropy, "entropies"));
}

/** Attention from sampling if every completion has the requested kind, else from scoring. */
async function attentionSignals(
  engine: Scorer,
  temperature: number,
  needs: CreditNeeds,
  answers: readonly Answered[],
): Promise<(CreditSignals | undefined)[]> {
  const signals = signalRequest(needs);
  if (signals === undefined || answers.every(({ completion }) => hasSignals(completion.signals, signals))) {
    return answers.map(({ completion }) => completion.signals);
  }
  const scores = await score(engine, answers, { temperature, signals });
  return scores.map((one) => one.signals);
}

/**
 * The passes with and without the images; sampled log-probs replace the first if weights and temperature match.
 */
async function ablatedPasses(
  engine: Scorer,
  sampledAt: number,
  { image, divergence, temperature = sampledAt }: NonNullable<CreditNeeds["ablation"]>,
  answers: readonly Answered[],
  isStale: boolean,
): Promise<AblatedPass[]> {
  if (divergence) {
    const scores = await score(engine, answers, { temperature, divergenceFrom: image });
    return scores.map(({ logprobs, ablatedLogprobs, divergence: nats, jensenShannon, ablatedEntropy }) => ({
      given: logprobs,
      ablated: asked(ablatedLogprobs, "ablated log-probs"),
      divergence: asked(nats, "divergences"),
      jensenShannon,
      ablatedEntropy,
    }));
  }
  const ablated = await score(engine, answers, { temperature, image });
  const given =
    temperature === sampledAt && !isStale
      ? answers.map(({ completion }) => completion)
      : await score(engine, answers, { temperature });
  return ablated.map(({ logprobs }, i) => ({ given: given[i]!.logprobs, ablated: logprobs }));
}

/** A pass for each view, one after another. */
async function viewPasses(
  engine: Scorer,
  temperature: number,
  views: NonNullable<CreditNeeds["views"]>,
  answers: readonly Answered[],
): Promise<Readonly<Record<string, ViewPass>>[]> {
  const found = answers.map((): Record<string, ViewPass> => ({}));
  for (const [name, { image, entropy }] of Object.entries(views)) {
    const scores = await score(engine, answers, { temperature, image, ...(entropy && { entropy }) });
    for (const [i, own] of scores.entries()) {
      const { logprobs } = own;
      found[i]![name] = { image, logprobs, ...(entropy && { entropy: asked(own.entropy, "entropies") }) };
    }
  }
  return found;
}

function score(engine: Scorer, answers: readonly Answered[], request: ScoreRequest): Promise<Score[]> {
  return engine.score(
    answers.map(({ prompt, completion }) => ({ prompt, completion: completion.tokens })),
    request,
  );
}

function asked<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new EngineError(`score: expected ${what}, got none`);
  return value;
}
