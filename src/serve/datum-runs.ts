/**
 * @module
 * A datum as the engine's sequences. Position i of a datum predicts its target from the input up to i; where the
 * target is also the next input, position i + 1 continues the same completion. So a datum is one run of teacher forcing
 * or several, each with the input before it as its prompt.
 */
import { type Sequence, wire } from "../engine/index.ts";
import type { PromptPool, ResolvedInput } from "./prompt-pool.ts";
import { Refusal } from "./refusal.ts";

/** Consecutive positions of a datum as one sequence. */
export interface Run {
  readonly sequence: Sequence;
  /** Index of its first position within the datum's arrays. */
  readonly first: number;
}

/** A datum, read. */
export interface ReadDatum {
  /** Positions that the datum's arrays cover: the last positions of the input. */
  readonly length: number;
  readonly runs: readonly Run[];
}

/** An array of a datum, one number a position. */
export function positionArray(
  inputs: Readonly<Record<string, wire.WireTensor>>,
  name: string,
  length: number,
  where: string,
): Float64Array | undefined {
  const tensor = inputs[name];
  if (tensor === undefined) return undefined;
  if (tensor.sparse_crow_indices != null || (tensor.shape?.length ?? 1) > 1) {
    throw new Refusal("unsupported", `${where}, ${name}: expected one number a position, got a matrix`);
  }
  const [rows = tensor.data.length] = tensor.shape ?? [];
  if (rows !== tensor.data.length) {
    throw new Refusal(
      "bad-request",
      `${where}, ${name}: expected a shape of ${tensor.data.length} numbers, as there are in data, got [${rows}]`,
    );
  }
  if (tensor.data.length !== length) {
    throw new Refusal(
      "bad-request",
      `${where}, ${name}: expected ${length} numbers, got ${tensor.data.length}`,
    );
  }
  const values = wire.fromWire(tensor.data);
  if (!values.every(Number.isFinite)) {
    throw new Refusal("bad-request", `${where}, ${name}: expected finite numbers`);
  }
  return values;
}

/** Targets of a datum. */
export function targetsOf(datum: wire.WireDatum, input: ResolvedInput, where: string): Float64Array {
  const length = datum.loss_fn_inputs["target_tokens"]?.data.length ?? 0;
  if (length === 0 || length > input.tokens.length) {
    throw new Refusal(
      "bad-request",
      `${where}, target_tokens: expected 1 to ${input.tokens.length} targets, got ${length}`,
    );
  }
  const targets = positionArray(datum.loss_fn_inputs, "target_tokens", length, where)!;
  const wrong = targets.find((id) => !(Number.isInteger(id) && id >= 0 && id < 2 ** 31));
  if (wrong === undefined) return targets;
  throw new Refusal("bad-request", `${where}, target_tokens: expected ids of tokens, got ${wrong}`);
}

/**
 * The runs of a datum.
 *
 * A position of weight 0 whose target is not the next token is padding, as recipes put it before completions: it is
 * left out. Arrays may be shorter than the input; they then cover its last positions.
 *
 * @param targets `[m]`
 * @param weights `[m]`; a position counts where it is not 0
 * @param twin keeps its prompts separate from equal prompts
 */
export function datumRuns(
  pool: PromptPool,
  input: ResolvedInput,
  targets: Float64Array,
  weights: Float64Array,
  where: string,
  twin = 0,
): ReadDatum {
  const { tokens } = input;
  const offset = tokens.length - targets.length;
  const isLast = (i: number) => offset + i === tokens.length - 1;
  const continues = (i: number) => !isLast(i) && tokens[offset + i + 1] === targets[i];
  const isInsideImage = (i: number) => tokens[offset + i] === -1 && tokens[offset + i + 1] === -1;
  const isPadding = (i: number) => weights[i] === 0 && !isLast(i) && !continues(i);
  const runs: Run[] = [];
  for (let i = 0; i < targets.length; i++) {
    if (isPadding(i)) continue;
    if (isInsideImage(i)) {
      throw new Refusal(
        "bad-request",
        `${where}: position ${offset + i} has a weight, but is within an image`,
      );
    }
    const first = i;
    const completion = [targets[i]!];
    while (continues(i) && !isPadding(i + 1)) {
      i++;
      completion.push(targets[i]!);
    }
    pool.checkText(completion, `${where}, target_tokens`);
    const prompt = pool.prompt(input, offset + first + 1, twin);
    runs.push({ sequence: { prompt, completion: Int32Array.from(completion) }, first });
  }
  return { length: targets.length, runs };
}

/** Numbers of a datum's runs as one array over its positions, 0 elsewhere. */
export function overPositions(
  { length, runs }: ReadDatum,
  values: readonly ArrayLike<number>[],
): Float64Array {
  const all = new Float64Array(length);
  for (const [r, { first }] of runs.entries()) all.set(Array.from(values[r]!), first);
  return all;
}
