/**
 * @module
 * Scores of a fake engine. Signals are made up, but the same from sampling and scoring.
 */
import type { ImageAblation } from "../../credit/index.ts";
import type { Score, ScoreRequest, Sequence } from "../engine.ts";
import { alternativesOf } from "./alternatives-of.ts";
import {
  divergenceOf,
  entropyOf,
  groupDivergenceOf,
  jensenShannonOf,
  nucleusEntropyOf,
  stateValue,
} from "./bigram-policy.ts";
import type { FakeModel } from "./fake-model.ts";
import { madeUpSignals } from "./made-up-signals.ts";
import { lastPromptToken, promptKey } from "./prompt-key.ts";

const tableOf = ({ weights, reference }: FakeModel, request: ScoreRequest) =>
  request.weights === "reference" ? reference : weights;

/** Scores of all sequences. */
export function scoresOf(model: FakeModel, sequences: readonly Sequence[], request: ScoreRequest): Score[] {
  return sequences.map((sequence) => ({
    ...scoreOf(model, sequence, request),
    ...(request.groupDivergence && {
      groupDivergence: groupDivergences(model, sequence, sequences, request),
    }),
  }));
}

function scoreOf(model: FakeModel, sequence: Sequence, request: ScoreRequest): Score {
  const table = tableOf(model, request);
  const { completion, prompt } = sequence;
  const { divergenceFrom, temperature = 1 } = request;
  const distributions = (image: ImageAblation | undefined) =>
    Array.from(completion, (_, t) => model.logs(table, model.stateOf(sequence, t, image), temperature));
  const logprobsOf = (logs: readonly Float64Array[]) =>
    Float64Array.from(completion, (token, t) => logs[t]![token]!);
  const logs = distributions(request.image);
  const ablated = divergenceFrom && distributions(divergenceFrom);
  const place = {
    key: promptKey(prompt, request.image),
    lastToken: lastPromptToken(prompt),
    tokens: completion,
  };
  return {
    logprobs: logprobsOf(logs),
    ...(request.entropy && { entropy: Float64Array.from(logs, entropyOf) }),
    ...(request.nucleusEntropy !== undefined && {
      nucleusEntropy: Float64Array.from(logs, (own) => nucleusEntropyOf(own, request.nucleusEntropy!)),
    }),
    ...(ablated && {
      divergence: Float64Array.from(logs, (own, t) => divergenceOf(own, ablated[t]!)),
      ablatedLogprobs: logprobsOf(ablated),
      jensenShannon: Float64Array.from(logs, (own, t) => jensenShannonOf(own, ablated[t]!)),
      ablatedEntropy: Float64Array.from(ablated, entropyOf),
    }),
    ...(request.values && {
      values: Float64Array.from(completion, (_, t) =>
        stateValue(table, model.shape, model.stateOf(sequence, t, request.image)),
      ),
    }),
    ...(request.alternatives !== undefined && { alternatives: alternativesOf(logs, request.alternatives) }),
    ...madeUpSignals(place, request.signals),
  };
}

/** Among the sequences of the same prompt; a sequence that has ended is uniform. */
function groupDivergences(
  model: FakeModel,
  own: Sequence,
  all: readonly Sequence[],
  request: ScoreRequest,
): Float64Array {
  const table = tableOf(model, request);
  const { temperature = 1, image } = request;
  const members = all.filter(({ prompt }) => prompt === own.prompt);
  const uniform = Float64Array.from(model.banned, (isBanned) =>
    isBanned ? -Infinity : -Math.log(model.shape.vocabSize),
  );
  const logsAt = (member: Sequence, t: number) =>
    t < member.completion.length ? model.logs(table, model.stateOf(member, t, image), temperature) : uniform;
  return Float64Array.from(own.completion, (_, t) =>
    groupDivergenceOf(members.map((member) => logsAt(member, t))),
  );
}
