/**
 * @module
 * Scores of sequences by `forward` requests, with all signals that were asked for beside log-probs.
 */
import type { Score, ScoreRequest, Sequence } from "../engine.ts";
import { CROSS_ENTROPY } from "./coefficient-loss.ts";
import { type ForwardContext, lastOf, sendForward } from "./forward-requests.ts";
import { signalConfig } from "./offered-signals.ts";
import type { WireForwardOptions } from "./wire.ts";
import { signalsOf } from "./wire-signals.ts";

/**
 * Scores sequences, whose images are as they are to be seen.
 *
 * @throws EngineError naming the sequence when what was asked for is missing or has another length
 */
export async function sendScores(
  context: ForwardContext,
  sequences: readonly Sequence[],
  request: ScoreRequest,
): Promise<Score[]> {
  const { temperature = 1, weights, signals, entropy, nucleusEntropy, values, divergenceFrom } = request;
  const options: WireForwardOptions = {
    temperature,
    ...(weights && { weights }),
    ...(entropy && { entropy }),
    ...(nucleusEntropy !== undefined && { nucleus_entropy: nucleusEntropy }),
    ...(values && { values }),
    ...(signals && { signals: { ...signals } }),
    ...(divergenceFrom && { divergence_from: { ...divergenceFrom } }),
  };
  const none = sequences.map(({ completion }) => ({ weights: new Float64Array(completion.length) }));
  const config = context.isExtended ? undefined : signalConfig(request);
  const loss = config && { ...CROSS_ENTROPY, loss_fn_config: config };
  const { outputs } = await sendForward(context, "forward", sequences, none, options, loss);
  return outputs.map((tensors, i) => {
    const length = sequences[i]!.completion.length;
    const where = `forward, sequence ${i}`;
    const read = (name: string) => lastOf(tensors, name, length, where);
    const found = signalsOf(tensors, signals, length, where, false);
    return {
      logprobs: read("logprobs"),
      ...(entropy && { entropy: read("entropy") }),
      ...(nucleusEntropy !== undefined && { nucleusEntropy: read("nucleus_entropy") }),
      ...(values && { values: read("values") }),
      ...(divergenceFrom && {
        divergence: read("divergence"),
        ablatedLogprobs: read("ablated_logprobs"),
        jensenShannon: read("jensen_shannon"),
        ablatedEntropy: read("ablated_entropy"),
      }),
      ...(found && { signals: found }),
    };
  });
}
