/**
 * @module
 * Sequences as `forward` and `forward_backward` requests, in as few as their size allows.
 */
import { EngineError } from "../../errors/index.ts";
import type { Prompt, Sequence } from "../engine.ts";
import { CROSS_ENTROPY, type WireLoss } from "./coefficient-loss.ts";
import type { TinkerSession } from "./session.ts";
import {
  type ForwardCall,
  fromWire,
  type WireDatum,
  type WireForwardOptions,
  type WireTensors,
} from "./wire.ts";
import type { PromptEncoder } from "./wire-prompt.ts";
import { datumBytes, toDatum } from "./wire-sequence.ts";

type Metrics = Readonly<Record<string, number | null>>;

/** The parts of requests. */
export interface ForwardContext {
  readonly session: TinkerSession;
  readonly encoder: PromptEncoder;
  readonly isExtended: boolean;
  /** Largest body of a request and of its answer, roughly. */
  readonly maxBytes: number;
}

/** The output of a sequence. */
export interface ForwardOutput {
  readonly tensors: WireTensors;
  /** Targets of its datum: the completion's tokens, and by the plain protocol all of the prompt's except the first. */
  readonly targets: number;
}

/** How sequences are spread over requests. */
export interface Spread {
  /** So many consecutive sequences stay in one request; 1 unless given. */
  readonly together?: number;
  /** The answer has a number for each pair of a completion's tokens. */
  readonly answersPairs?: boolean;
}

/**
 * Sends sequences and waits for what comes of them. By the protocol without the extension a completion has at least
 * one token: sequences without any are left out, and their outputs have no tensors.
 *
 * @param inputs arrays of each sequence by name, `[T]` each
 * @param loss the batch's loss; a `forward` asks a server without the extension for signals by its configuration
 * @returns outputs in the order of the sequences, and the metrics of each request
 */
export async function sendForward(
  { session, encoder, isExtended, maxBytes }: ForwardContext,
  call: ForwardCall,
  sequences: readonly Sequence[],
  inputs: readonly Readonly<Record<string, ArrayLike<number>>>[],
  options: WireForwardOptions,
  { loss_fn, loss_fn_config }: WireLoss = CROSS_ENTROPY,
  { together = 1, answersPairs = false }: Spread = {},
): Promise<{ readonly outputs: ForwardOutput[]; readonly metrics: Metrics[] }> {
  const outputs: ForwardOutput[] = [];
  const metrics: Metrics[] = [];
  const isOfSignals = call === "forward" && loss_fn_config !== undefined;
  const span = isExtended || isOfSignals ? "completion" : "sequence";
  let data: WireDatum[] = [];
  let bytes = 0;
  let answered = 0;
  let sent = new Set<string>();
  let twins = new PromptTwins();
  const send = async () => {
    const found = await session.forward(
      call,
      { data, loss_fn, ...(loss_fn_config && { loss_fn_config: { ...loss_fn_config } }) },
      isExtended ? { ...options, ...twins.option() } : undefined,
    );
    const { length } = found.loss_fn_outputs;
    if (length !== data.length) {
      throw new EngineError(`${call}: expected ${data.length} loss_fn_outputs, got ${length}`);
    }
    for (const [d, tensors] of found.loss_fn_outputs.entries()) {
      outputs.push({ tensors, targets: data[d]!.loss_fn_inputs["target_tokens"]!.data.length });
    }
    metrics.push(found.metrics ?? {});
    data = [];
    bytes = 0;
    answered = 0;
    sent = new Set();
    twins = new PromptTwins();
  };
  const hasDatum = ({ completion }: Sequence) => isExtended || completion.length > 0;
  let taken = 0;
  for (const [i, sequence] of sequences.entries()) {
    if (!hasDatum(sequence)) continue;
    const encoded = async () => {
      const { content, ...prompt } = await encoder.encode(sequence.prompt, isExtended ? sent : undefined);
      return { content, datum: toDatum(sequence, prompt, inputs[i]!, span) };
    };
    let { content, datum } = await encoded();
    const { sizes } = session.format;
    const needed = together * datumBytes(datum, sizes);
    const pairs = answersPairs ? sizes.number * sequence.completion.length ** 2 : 0;
    const isFull = bytes + needed > maxBytes || answered + together * pairs > maxBytes;
    if (data.length > 0 && taken % together === 0 && isFull) {
      await send();
      ({ content, datum } = await encoded());
    }
    twins.add(content, sequence.prompt);
    data.push(datum);
    taken += 1;
    bytes += datumBytes(datum, sizes);
    answered += pairs;
  }
  if (data.length > 0) await send();
  let next = 0;
  const none: ForwardOutput = { tensors: {}, targets: 0 };
  return { outputs: sequences.map((sequence) => (hasDatum(sequence) ? outputs[next++]! : none)), metrics };
}

/** Numbers the prompts of a request that have equal content and are not the same object. */
class PromptTwins {
  readonly #byContent = new Map<string, Map<Prompt, number>>();
  readonly #numbers: number[] = [];

  add(content: string, prompt: Prompt): void {
    const alike = this.#byContent.get(content) ?? new Map<Prompt, number>();
    this.#byContent.set(content, alike);
    const number = alike.get(prompt) ?? alike.size;
    alike.set(prompt, number);
    this.#numbers.push(number);
  }

  /** One number a datum; nothing where no two prompts are alike. */
  option(): Pick<WireForwardOptions, "twins"> {
    return this.#numbers.some((number) => number > 0) ? { twins: this.#numbers } : {};
  }
}

/**
 * The numbers of a tensor that belong to the completion. A server answers for all targets of a datum, or for the completion
 * alone.
 *
 * @param length tokens of the completion, T
 * @param each numbers a token
 * @throws EngineError when the tensor is missing or has another number of numbers
 */
export function ofCompletion(
  { tensors, targets }: ForwardOutput,
  name: string,
  length: number,
  where: string,
  each = 1,
): Float64Array {
  if (length === 0) return new Float64Array(0);
  const data = tensors[name]?.data;
  if (data === undefined || (data.length !== each * targets && data.length !== each * length)) {
    throw new EngineError(`${where}: expected ${each * targets} ${name}, got ${data?.length ?? "none"}`);
  }
  return fromWire(data).slice(data.length - each * length);
}
