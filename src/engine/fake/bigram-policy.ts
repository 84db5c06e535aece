/**
 * @module
 * The smallest policy that can learn: logits are a row chosen by the previous token plus a row chosen by the prompt.
 * Its value head gives one number per such row. Gradients are exact, and all parameters lie in one array.
 */

/** Sizes of a bigram policy. */
export interface BigramShape {
  readonly vocabSize: number;
  /** Rows of the prompt table; prompts are hashed onto them. */
  readonly promptRows: number;
}

/** The policy's input: the previous token and the prompt's row. */
export interface State {
  readonly previous: number;
  readonly promptRow: number;
}

/** Number of the policy's parameters, (vocabSize + promptRows)·vocabSize. */
export function policySize({ vocabSize, promptRows }: BigramShape): number {
  return (vocabSize + promptRows) * vocabSize;
}

/** Number of all parameters: the value head's, one a row, follow the policy's. */
export function parameterCount(shape: BigramShape): number {
  return policySize(shape) + shape.vocabSize + shape.promptRows;
}

/**
 * log π(· | previous, prompt) at a temperature.
 *
 *     log softmax((W[previous] + U[prompt]) / temperature)
 *
 * @param banned `[V]` 1 where the probability is 0
 * @returns `[V]` nats
 */
export function logDistribution(
  weights: Float64Array,
  { vocabSize }: BigramShape,
  { previous, promptRow }: State,
  temperature: number,
  banned: Uint8Array,
): Float64Array {
  const logits = new Float64Array(vocabSize);
  let peak = -Infinity;
  for (let v = 0; v < vocabSize; v++) {
    const logit = weights[previous * vocabSize + v]! + weights[(vocabSize + promptRow) * vocabSize + v]!;
    logits[v] = banned[v] === 1 ? -Infinity : logit / temperature;
    peak = Math.max(peak, logits[v]!);
  }
  let total = 0;
  for (let v = 0; v < vocabSize; v++) total += Math.exp(logits[v]! - peak);
  const normalizer = peak + Math.log(total);
  for (let v = 0; v < vocabSize; v++) logits[v] = logits[v]! - normalizer;
  return logits;
}

/** V(state), the sum of the value head's entries for both rows. */
export function stateValue(
  weights: Float64Array,
  shape: BigramShape,
  { previous, promptRow }: State,
): number {
  const start = policySize(shape);
  return weights[start + previous]! + weights[start + shape.vocabSize + promptRow]!;
}

/** Adds coefficient · ∇V(state) to the gradient. */
export function addValueGradient(
  gradient: Float64Array,
  shape: BigramShape,
  { previous, promptRow }: State,
  coefficient: number,
): void {
  for (const at of [previous, shape.vocabSize + promptRow]) {
    const index = policySize(shape) + at;
    gradient[index] = gradient[index]! + coefficient;
  }
}

/** Adds coefficient · ∇ log π(token) to the gradient, both rows. */
export function addGradient(
  gradient: Float64Array,
  shape: BigramShape,
  state: State,
  token: number,
  logs: Float64Array,
  coefficient: number,
  temperature: number,
): void {
  const slope = (v: number) => (v === token ? 1 : 0) - Math.exp(logs[v]!);
  addLogitGradient(gradient, shape, state, (v) =>
    logs[v] === -Infinity && v !== token ? 0 : slope(v) * (coefficient / temperature),
  );
}

/** Adds coefficient · ∇H to the gradient, ∂H/∂logit_v = −p_v·(log p_v + H). */
export function addEntropyGradient(
  gradient: Float64Array,
  shape: BigramShape,
  state: State,
  logs: Float64Array,
  coefficient: number,
  temperature: number,
): void {
  const entropy = entropyOf(logs);
  addLogitGradient(gradient, shape, state, (v) =>
    logs[v] === -Infinity ? 0 : -Math.exp(logs[v]!) * (logs[v]! + entropy) * (coefficient / temperature),
  );
}

function addLogitGradient(
  gradient: Float64Array,
  { vocabSize }: BigramShape,
  { previous, promptRow }: State,
  slopeOf: (v: number) => number,
): void {
  const first = previous * vocabSize;
  const second = (vocabSize + promptRow) * vocabSize;
  for (let v = 0; v < vocabSize; v++) {
    const slope = slopeOf(v);
    gradient[first + v] = gradient[first + v]! + slope;
    gradient[second + v] = gradient[second + v]! + slope;
  }
}

/** Entropy in nats, −Σ p·log p. */
export function entropyOf(logs: Float64Array): number {
  let entropy = 0;
  for (const log of logs) if (log > -Infinity) entropy -= Math.exp(log) * log;
  return entropy;
}

/** Entropy in nats of the smallest set of likeliest ids whose probability reaches `mass`, made to sum to 1. */
export function nucleusEntropyOf(logs: Float64Array, mass: number): number {
  let kept = 0;
  let weighted = 0;
  for (const log of logs.toSorted().reverse()) {
    if (kept >= mass || log === -Infinity) break;
    kept += Math.exp(log);
    weighted += Math.exp(log) * log;
  }
  return Math.log(kept) - weighted / kept;
}

/** Jensen-Shannon divergence in nats, ½·KL(p ‖ m) + ½·KL(q ‖ m) with m = ½(p + q). */
export function jensenShannonOf(p: Float64Array, q: Float64Array): number {
  const mixed = p.map((log, v) => Math.log((Math.exp(log) + Math.exp(q[v]!)) / 2));
  return (divergenceOf(p, mixed) + divergenceOf(q, mixed)) / 2;
}

/** TW-GRPO's divergence of distributions at one place, over the ids that all of them have: `Score.groupDivergence`. */
export function groupDivergenceOf(all: readonly Float64Array[]): number {
  let total = 0;
  for (const v of all[0]!.keys()) {
    const logs = all.map((own) => own[v]!);
    if (logs.includes(-Infinity)) continue;
    const centre = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    for (const log of logs) {
      const difference = Math.min(Math.max(centre - log, -11), 11);
      total += Math.expm1(difference) - difference;
    }
  }
  return total / all.length;
}

/** KL(p ‖ q) in nats of two distributions with the same support. */
export function divergenceOf(p: Float64Array, q: Float64Array): number {
  let divergence = 0;
  for (const [v, log] of p.entries()) if (log > -Infinity) divergence += Math.exp(log) * (log - q[v]!);
  return divergence;
}
