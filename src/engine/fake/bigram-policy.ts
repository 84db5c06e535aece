/**
 * @module
 * The smallest policy that can learn: logits are a row chosen by the previous token plus a row chosen by the prompt.
 * Its gradient is exact and its parameters are two tables in one array.
 */

/** Sizes of a bigram policy. */
export interface BigramShape {
  readonly vocabSize: number;
  /** Rows of the prompt table; prompts are hashed onto them. */
  readonly promptRows: number;
}

/** Number of parameters, (vocabSize + promptRows)·vocabSize. */
export function parameterCount({ vocabSize, promptRows }: BigramShape): number {
  return (vocabSize + promptRows) * vocabSize;
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
  previous: number,
  promptRow: number,
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

/** Adds coefficient · ∇ log π(token) to the gradient, both rows. */
export function addGradient(
  gradient: Float64Array,
  { vocabSize }: BigramShape,
  place: { readonly previous: number; readonly promptRow: number; readonly token: number },
  logs: Float64Array,
  coefficient: number,
  temperature: number,
): void {
  const first = place.previous * vocabSize;
  const second = (vocabSize + place.promptRow) * vocabSize;
  if (coefficient === 0) return;
  for (let v = 0; v < vocabSize; v++) {
    if (logs[v] === -Infinity && v !== place.token) continue;
    const slope = ((v === place.token ? 1 : 0) - Math.exp(logs[v]!)) * (coefficient / temperature);
    gradient[first + v] = gradient[first + v]! + slope;
    gradient[second + v] = gradient[second + v]! + slope;
  }
}
