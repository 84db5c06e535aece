/**
 * @module
 * `forward` and `forward_backward`: data to sequences, losses to coefficients, scores to the answer's arrays.
 */

import { type ImageAblation, imageAblationSchema } from "../credit/index.ts";
import {
  type AccumulateOptions,
  type Engine,
  type Score,
  type ScoreRequest,
  type Sequence,
  signalTensors,
  wire,
} from "../engine/index.ts";
import { faultText } from "../parts/index.ts";
import { datumRuns, overPositions, positionArray, type ReadDatum, targetsOf } from "./datum-runs.ts";
import { checkLossConfig, type LossInputs, lossTerms } from "./losses.ts";
import type { ModelHost } from "./model-host.ts";
import type { PromptPool } from "./prompt-pool.ts";
import { Refusal } from "./refusal.ts";

type Options = wire.WireForwardOptions;

/** A datum with the arrays of each of its runs. */
interface LossDatum extends ReadDatum {
  readonly inputs: readonly (LossInputs & {
    readonly valueWeights: Float64Array | undefined;
    readonly entropyWeights: Float64Array | undefined;
  })[];
}

async function readData(
  { pool, served: { contextLength } }: Pick<ModelHost, "pool" | "served">,
  { data, loss_fn }: wire.WireForwardInput,
  { twins }: Pick<Options, "twins">,
): Promise<LossDatum[]> {
  if (twins != null && twins.length !== data.length) {
    throw new Refusal(
      "bad-request",
      `fovea.twins: expected ${data.length} numbers, one a datum, got ${twins.length}`,
    );
  }
  const sent: Parameters<PromptPool["resolve"]>[1] = new Map();
  const read: LossDatum[] = [];
  for (const [d, datum] of data.entries()) {
    const where = `datum ${d}`;
    const input = await pool.resolve(datum.model_input, sent, where);
    if (input.tokens.length > contextLength) {
      throw new Refusal(
        "bad-request",
        `${where}: expected at most ${contextLength} tokens, the model's context, got ${input.tokens.length}`,
      );
    }
    const targets = targetsOf(datum, input, where);
    const length = targets.length;
    const array = (name: string) => positionArray(datum.loss_fn_inputs, name, length, where);
    const weights = array("weights") ?? array("mask") ?? new Float64Array(length).fill(1);
    const advantages = array("advantages");
    const oldLogprobs = array("logprobs");
    const valueWeights = array("value_weights");
    const entropyWeights = array("entropy_weights");
    const counts = loss_fn === "cross_entropy" ? weights : weights.map((w, i) => w * (advantages?.[i] ?? 1));
    const runs = datumRuns(pool, input, targets, counts, where, twins?.[d]);
    const inputs = runs.runs.map(({ first, sequence }) => {
      const end = first + sequence.completion.length;
      return {
        weights: weights.slice(first, end),
        advantages: advantages?.slice(first, end),
        oldLogprobs: oldLogprobs?.slice(first, end),
        valueWeights: valueWeights?.slice(first, end),
        entropyWeights: entropyWeights?.slice(first, end),
      };
    });
    read.push({ ...runs, inputs });
  }
  return read;
}

const sequencesOf = (data: readonly ReadDatum[]): Sequence[] =>
  data.flatMap(({ runs }) => runs.map(({ sequence }) => sequence));

/** An ablation of images as a request names it. */
function ablationOf(given: unknown): ImageAblation {
  const parsed = imageAblationSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Refusal("bad-request", `divergence_from: ${faultText(parsed.error.issues[0]!, given)}`);
}

/** The score request of the extension. */
function scoreRequest(options: Options): ScoreRequest {
  const { weights, temperature, entropy, nucleus_entropy, values, signals, divergence_from, alternatives } =
    options;
  return {
    ...(weights != null && { weights }),
    ...(temperature != null && { temperature }),
    ...(entropy === true && { entropy }),
    ...(nucleus_entropy != null && { nucleusEntropy: nucleus_entropy }),
    ...(values === true && { values }),
    ...(signals != null && { signals }),
    ...(divergence_from != null && { divergenceFrom: ablationOf(divergence_from) }),
    ...(alternatives != null && { alternatives }),
  };
}

/** Scores of each datum's runs. */
async function scored(engine: Engine, data: readonly ReadDatum[], request: ScoreRequest): Promise<Score[][]> {
  const sequences = sequencesOf(data);
  const scores = sequences.length === 0 ? [] : await engine.score(sequences, request);
  let next = 0;
  return data.map(({ runs }) => runs.map(() => scores[next++]!));
}

/** Arrays of a score with one number a token, and their names in an answer. */
const OF_TOKENS = {
  logprobs: "logprobs",
  entropy: "entropy",
  nucleusEntropy: "nucleus_entropy",
  values: "values",
  divergence: "divergence",
  ablatedLogprobs: "ablated_logprobs",
  jensenShannon: "jensen_shannon",
  ablatedEntropy: "ablated_entropy",
} as const satisfies { readonly [name in keyof Score]?: string };

/** Everything that scoring gave of a datum, as tensors. */
function scoreTensors(datum: ReadDatum, scores: readonly Score[], d: number) {
  const tensors: Record<string, wire.WireTensor> = {
    logprobs: wire.toTensor(new Float64Array(datum.length)),
  };
  for (const name of Object.keys(OF_TOKENS) as (keyof typeof OF_TOKENS)[]) {
    const known = scores.map((score) => score[name]).filter((values) => values !== undefined);
    if (known.length > 0) tensors[OF_TOKENS[name]] = wire.toTensor(overPositions(datum, known));
  }
  if (scores.some(({ signals, alternatives }) => signals !== undefined || alternatives !== undefined)) {
    if (scores.length !== 1) {
      throw new Refusal(
        "unsupported",
        `datum ${d}: signals and likeliest tokens are of one completion, but its targets make several`,
      );
    }
    const { logprobs, signals, alternatives } = scores[0]!;
    Object.assign(tensors, signalTensors(signals));
    if (alternatives !== undefined) {
      const shape = [logprobs.length, alternatives.tokens.length / Math.max(1, logprobs.length)];
      tensors["alternatives"] = wire.toTensor(alternatives.tokens, "int64", shape);
      tensors["alternative_logprobs"] = wire.toTensor(alternatives.logprobs, "float32", shape);
    }
  }
  return tensors;
}

/** The answer to `forward`. */
export async function forwardPass(
  host: Pick<ModelHost, "engine" | "pool" | "served">,
  input: wire.WireForwardInput,
  options: Options,
): Promise<object> {
  checkLossConfig(input.loss_fn, input.loss_fn_config ?? {});
  const data = await readData(host, input, options);
  const scores = await scored(host.engine, data, scoreRequest(options));
  const losses = data.map((datum, d) =>
    datum.runs.map((_, r) => {
      const { elementwise } = lossTerms(
        input.loss_fn,
        input.loss_fn_config ?? {},
        scores[d]![r]!.logprobs,
        datum.inputs[r]!,
        `datum ${d}`,
      );
      return elementwise.reduce((a, b) => a + b, 0);
    }),
  );
  return {
    type: "forward",
    loss_fn_output_type: "TensorData",
    loss_fn_outputs: data.map((datum, d) => scoreTensors(datum, scores[d]!, d)),
    metrics: { "loss:sum": losses.flat().reduce((a, b) => a + b, 0) },
  };
}

/** The answer to `forward_backward`; the gradient is added to the engine's. A request that is refused adds nothing. */
export async function forwardBackwardPass(
  host: Pick<ModelHost, "engine" | "pool" | "served" | "noteGradient">,
  input: wire.WireForwardInput,
  { temperature, logprobs, twins }: Options,
): Promise<object> {
  const { engine } = host;
  const config = input.loss_fn_config ?? {};
  checkLossConfig(input.loss_fn, config);
  const data = await readData(host, input, { twins });
  const isScored = input.loss_fn !== "cross_entropy" || (logprobs ?? true);
  const scores = isScored
    ? await scored(engine, data, temperature == null ? {} : { temperature })
    : data.map(({ runs }) => runs.map(() => undefined));
  const terms = data.map(({ inputs }, d) =>
    inputs.map((own, r) => {
      const known = scores[d]![r]?.logprobs ?? new Float64Array(own.weights.length);
      return lossTerms(input.loss_fn, config, known, own, `datum ${d}`);
    }),
  );
  const own = data.flatMap(({ inputs }) => inputs);
  const arrays = (name: "valueWeights" | "entropyWeights") =>
    own.some((inputs) => inputs[name] !== undefined)
      ? own.map((inputs) => inputs[name] ?? new Float64Array(inputs.weights.length))
      : undefined;
  const valueCoefficients = arrays("valueWeights");
  const entropyCoefficients = arrays("entropyWeights");
  const options: AccumulateOptions = {
    ...(temperature != null && { temperature }),
    ...(valueCoefficients && { valueCoefficients }),
    ...(entropyCoefficients && { entropyCoefficients }),
  };
  const sequences = sequencesOf(data);
  const coefficients = terms.flatMap((runs) => runs.map((run) => run.coefficients));
  let finite = true;
  if (sequences.length > 0) {
    host.noteGradient();
    ({ finite } = await engine.accumulate(sequences, coefficients, options));
  }
  return {
    type: "forward_backward",
    loss_fn_output_type: "TensorData",
    loss_fn_outputs: data.map((datum, d) => {
      if (!isScored) return {};
      const losses = terms[d]!.map(({ elementwise }) => elementwise);
      return {
        ...scoreTensors(datum, scores[d] as Score[], d),
        elementwise_loss: wire.toTensor(overPositions(datum, losses)),
      };
    }),
    metrics: {
      ...(isScored && {
        "loss:sum": terms.flat().reduce((sum, run) => run.elementwise.reduce((a, b) => a + b, sum), 0),
      }),
      "tokens:sum": sequences.reduce((sum, { completion }) => sum + completion.length, 0),
      "finite:min": finite ? 1 : 0,
    },
  };
}
