/**
 * @module
 * The one place where configuration becomes functions. A new algorithm is one file in `algorithms/`, one branch in
 * `schema.ts` and one case here.
 */
import { ConfigError } from "../errors/index.ts";
import type { Algorithm } from "./algorithm.ts";
import { cispo } from "./algorithms/cispo.ts";
import { dapo } from "./algorithms/dapo.ts";
import { dpo } from "./algorithms/dpo.ts";
import { drGrpo } from "./algorithms/dr-grpo.ts";
import { grpo } from "./algorithms/grpo.ts";
import { gspo } from "./algorithms/gspo.ts";
import { ppo } from "./algorithms/ppo.ts";
import { reinforce } from "./algorithms/reinforce.ts";
import { sapo } from "./algorithms/sapo.ts";
import { type AlgorithmConfig, type AlgorithmInput, algorithmSchema } from "./schema.ts";
import type { ObjectiveContext } from "./types.ts";

/**
 * The algorithm that a configuration describes.
 *
 * @param config as parsed by `algorithmSchema`
 */
export function resolveAlgorithm(config: AlgorithmConfig, context: ObjectiveContext = {}): Algorithm {
  switch (config.kind) {
    case "grpo":
      return grpo(config, context);
    case "dr-grpo":
      return drGrpo(config, context);
    case "dapo":
      return dapo(config, context);
    case "gspo":
      return gspo(config, context);
    case "sapo":
      return sapo(config, context);
    case "cispo":
      return cispo(config, context);
    case "ppo":
      return ppo(config, context);
    case "reinforce":
      return reinforce(config, context);
    case "dpo":
      return dpo(config);
  }
}

/**
 * Whether token weights of this algorithm reach each token's gradient. Where they do not, a credit method that tells
 * tokens apart is a contradiction.
 */
export function keepsTokenCredit(config: AlgorithmConfig): boolean {
  const algorithm = resolveAlgorithm(config);
  return algorithm.unit === "pair" || algorithm.ratioLevel.keepsTokenCredit;
}

/** Whether completions have advantages; where pairs are compared they have none. */
export function hasAdvantages(config: AlgorithmConfig): boolean {
  return resolveAlgorithm(config).unit === "token";
}

/**
 * Whether completions of an earlier policy may be learnt from: a ratio to the policy that sampled corrects for it, or
 * pairs are compared, whoever wrote them.
 */
export function correctsStaleness(config: AlgorithmConfig): boolean {
  return config.kind !== "reinforce" || config.samplerCorrection !== undefined;
}

/** What an algorithm asks of the run beside the log-probs of policy and sampler. */
export interface AlgorithmNeeds {
  /** Log-probs under the frozen reference. */
  readonly reference: boolean;
  /** Estimates of a value head. */
  readonly values: boolean;
  /** The gradient of each token's entropy. */
  readonly entropyGradient: boolean;
  /** Log-probs of the trainer at the start of a batch, beside those that came with the samples. */
  readonly trainerLogprobs: boolean;
  /** Whether a group whose rewards are all equal is of no use. */
  readonly spread: boolean;
}

/** What the algorithm that a configuration describes needs. */
export function algorithmNeeds(config: AlgorithmConfig): AlgorithmNeeds {
  const algorithm = resolveAlgorithm(config);
  if (algorithm.unit === "pair") {
    return { reference: true, values: false, entropyGradient: false, trainerLogprobs: false, spread: true };
  }
  return {
    reference: algorithm.kl.coefficient > 0,
    values: algorithm.advantage.values === "required",
    entropyGradient: algorithm.entropyCoefficient > 0,
    trainerLogprobs: algorithm.correction !== undefined,
    spread: algorithm.advantage.needsSpread,
  };
}

/**
 * Fills in the defaults of an algorithm configuration.
 *
 * @throws ConfigError when a key is unknown or a value impossible
 */
export function parseAlgorithm(config: AlgorithmInput): AlgorithmConfig {
  const parsed = algorithmSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  const branch = algorithmSchema.options.find(({ shape }) => shape.kind.value === config?.kind);
  const words = parsed.error.issues.map((issue) => {
    const where = ["algorithm", ...issue.path].join(".");
    if (issue.code === "unrecognized_keys" && branch && issue.path.length === 0) {
      const unknown = issue.keys.map((key) => `"${key}"`).join(", ");
      return `${where}: unknown key ${unknown}; ${branch.shape.kind.value} has ${Object.keys(branch.shape).join(", ")}`;
    }
    if (!branch) {
      const kinds = algorithmSchema.options.map(({ shape }) => shape.kind.value).join(", ");
      return `algorithm.kind: expected one of ${kinds}, got ${JSON.stringify(config?.kind)}`;
    }
    return `${where}: ${issue.message}`;
  });
  throw new ConfigError(words.join("\n"));
}
