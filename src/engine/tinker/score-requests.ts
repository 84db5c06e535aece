/**
 * @module
 * Scores of sequences by `forward` requests, with all signals that were asked for beside log-probs.
 */
import { asksForPairs } from "../../credit/index.ts";
import { placesByPrompt } from "../by-prompt.ts";
import type { Score, ScoreRequest, Sequence } from "../engine.ts";
import { CROSS_ENTROPY } from "./coefficient-loss.ts";
import { finiteNumbers } from "./finite-numbers.ts";
import { type ForwardContext, type ForwardOutput, ofCompletion, sendForward } from "./forward-requests.ts";
import { signalConfig } from "./offered-signals.ts";
import type { WireForwardOptions } from "./wire.ts";
import { signalsOf } from "./wire-signals.ts";

/**
 * Scores sequences, whose images are as they are to be seen.
 *
 * @param seconds the same completions with their images as `divergenceFrom` has them, for a server without the extension
 * @throws EngineError naming the sequence when what was asked for is missing or has another length
 */
export async function sendScores(
  context: ForwardContext,
  sequences: readonly Sequence[],
  request: ScoreRequest,
  seconds?: readonly Sequence[],
): Promise<Score[]> {
  const outputs = context.isExtended
    ? await sendExtended(context, sequences, request)
    : await sendPlain(context, sequences, request, seconds);
  const { signals, entropy, nucleusEntropy, groupDivergence, values, divergenceFrom, alternatives } = request;
  return outputs.map((output, i) => {
    const length = sequences[i]!.completion.length;
    const where = `forward, sequence ${i}`;
    const read = (name: string, each = 1) => ofCompletion(output, name, length, where, each);
    const found = signalsOf(output.tensors, signals, length, where, false);
    return {
      logprobs: finiteNumbers(read("logprobs"), "logprobs", where),
      ...(entropy && { entropy: read("entropy") }),
      ...(nucleusEntropy !== undefined && { nucleusEntropy: read("nucleus_entropy") }),
      ...(groupDivergence && { groupDivergence: read("group_divergence") }),
      ...(values && { values: read("values") }),
      ...(alternatives && {
        alternatives: {
          tokens: Int32Array.from(read("alternatives", alternatives)),
          logprobs: read("alternative_logprobs", alternatives),
        },
      }),
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

const noWeights = ({ completion }: Sequence) => ({ weights: new Float64Array(completion.length) });

/** Outputs of each sequence from a server that speaks the extension. */
async function sendExtended(context: ForwardContext, sequences: readonly Sequence[], request: ScoreRequest) {
  const {
    temperature = 1,
    weights,
    signals,
    entropy,
    nucleusEntropy,
    values,
    divergenceFrom,
    alternatives,
  } = request;
  const options: WireForwardOptions = {
    temperature,
    ...(weights && { weights }),
    ...(entropy && { entropy }),
    ...(nucleusEntropy !== undefined && { nucleus_entropy: nucleusEntropy }),
    ...(values && { values }),
    ...(signals && { signals: { ...signals } }),
    ...(divergenceFrom && { divergence_from: { ...divergenceFrom } }),
    ...(alternatives && { alternatives }),
  };
  const spread = { answersPairs: asksForPairs(signals ?? {}) };
  const inputs = sequences.map(noWeights);
  const { outputs } = await sendForward(
    context,
    "forward",
    sequences,
    inputs,
    options,
    CROSS_ENTROPY,
    spread,
  );
  return outputs;
}

/**
 * Outputs of each sequence from a server of the plain protocol. Two views of a completion are sent one after the other. So
 * are the completions of a prompt that are compared, and a request has groups of one size.
 */
async function sendPlain(
  context: ForwardContext,
  sequences: readonly Sequence[],
  request: ScoreRequest,
  seconds: readonly Sequence[] | undefined,
): Promise<ForwardOutput[]> {
  const config = signalConfig(request);
  const views = seconds ? 2 : 1;
  const answersPairs = asksForPairs(request.signals ?? {});
  const outputs: ForwardOutput[] = [];
  const orders = request.groupDivergence ? bySize(sequences) : new Map([[0, [...sequences.keys()]]]);
  for (const [size, places] of orders) {
    const own = size > 0 ? { ...config, "fovea.group_divergence": size } : config;
    const loss = own && { ...CROSS_ENTROPY, loss_fn_config: own };
    const sent = places.flatMap((i) => (seconds ? [sequences[i]!, seconds[i]!] : [sequences[i]!]));
    const spread = { together: Math.max(size, 1) * views, answersPairs };
    const found = await sendForward(context, "forward", sent, sent.map(noWeights), {}, loss, spread);
    for (const [at, i] of places.entries()) outputs[i] = found.outputs[at * views]!;
  }
  return outputs;
}

/** By the number of completions of a prompt: where the sequences of such prompts are, one prompt's after another's. */
function bySize(sequences: readonly Sequence[]): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const own of placesByPrompt(sequences).values())
    found.set(own.length, [...(found.get(own.length) ?? []), ...own]);
  return found;
}
