/**
 * @module
 * The numbers that can colour the tokens of the strip: recorded by the run, or computed by a model now.
 */
import type { Inspection, RolloutDetail } from "../../src/view/protocol.ts";
import type { TokenPaint } from "../../src/view/token-paint.ts";

export interface PaintChoice {
  /** Its name in the address. */
  readonly id: string;
  readonly name: string;
  readonly paint: TokenPaint | undefined;
}

/** Every choice there is for a completion; the first is the default. */
export function paintChoices(rollout: RolloutDetail, found: Inspection | undefined): PaintChoice[] {
  const sign = Math.sign(rollout.advantage ?? 0);
  const plain = (values: readonly number[] | null | undefined, own = 0): TokenPaint | undefined =>
    values === null || values === undefined ? undefined : { values, isSigned: false, sign: own };
  const { attention, logprobs, withoutImage, methods = [] } = found ?? {};
  const grounding =
    logprobs === undefined || withoutImage === null || withoutImage === undefined
      ? undefined
      : {
          values: logprobs.map((logprob, t) => Math.exp(logprob) - Math.exp(withoutImage[t] ?? 0)),
          isSigned: true,
          sign: 0,
        };
  const choices: PaintChoice[] = [
    { id: "", name: "credit weight", paint: plain(rollout.weights, sign) },
    { id: "entropy", name: "entropy, nats", paint: plain(rollout.entropy) },
    { id: "surprise", name: "−log-prob, nats", paint: plain(rollout.logprobs?.map((logprob) => -logprob)) },
    { id: "image", name: "attention on the image", paint: plain(attention?.visualMass) },
    { id: "shift", name: "shift of that attention", paint: plain(attention?.visualShift) },
    { id: "grounding", name: "probability with the image less without", paint: grounding },
    ...methods.flatMap(({ kind, weights }) =>
      weights === null ? [] : [{ id: `by-${kind}`, name: `weight by ${kind}`, paint: plain(weights, sign) }],
    ),
  ];
  return choices.filter(({ id, paint }) => id === "" || paint !== undefined);
}
