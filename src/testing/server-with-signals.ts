/**
 * @module
 * A server of the plain protocol with signals, for tests of the client: what `forward` is asked for is kept, and its answers have
 * numbers beside the log-probs that encode where they belong.
 */
import type { Fetch } from "../engine/tinker/tinker-options.ts";

/** Such a server's description of its signals. */
export const ALL_SIGNALS = {
  protocol: 2,
  version: "0.1.0",
  capabilities: [
    "attention",
    "attention-measure",
    "calibrated-attention",
    "token-clusters",
    "full-distribution",
    "group-divergence",
    "hidden-images",
    "entropy",
    "temperature",
    "value-replacement",
    "of-the-future",
  ],
};

export interface ForwardInput {
  readonly data: {
    readonly model_input: { readonly chunks: { readonly type: string }[] };
    readonly loss_fn_inputs: Record<string, { readonly data: number[] }>;
  }[];
  loss_fn_config?: Record<string, number>;
}
export interface WireBody {
  readonly forward_input: ForwardInput;
  readonly forward_backward_input?: ForwardInput;
}

interface Answer {
  readonly request_id?: string;
  fovea_signals?: object;
  readonly loss_fn_outputs?: Record<string, object>[];
}

/** A tensor whose numbers encode name, sequence and place. */
export const made = (name: string, i: number, length: number) => ({
  data: Array.from({ length }, (_, t) => name.length + i / 4 + t / 64),
  dtype: "float32",
  shape: [length],
});

/** A Gram matrix whose numbers encode its sequence: its lower triangle, and the whole. */
export function madeGram(i: number, length: number) {
  const whole = new Float64Array(length * length);
  const lower: number[] = [];
  for (let row = 0; row < length; row++) {
    for (let column = 0; column <= row; column++) {
      const value = i + row / 4 + column / 64;
      lower.push(value);
      whole[row * length + column] = value;
      whole[column * length + row] = value;
    }
  }
  return { whole, packed: { data: lower, dtype: "float32", shape: [lower.length] } };
}

/** Makes a server of the plain protocol into one with signals: what `forward` is asked for, and answers beside log-probs. */
export function withSignals(
  said: object,
  names: readonly string[],
  instead: Readonly<Record<string, object>>,
) {
  const asked: WireBody[] = [];
  const results = new Map<string, WireBody>();
  const wrapped: Fetch = async (address, options) => {
    const body = options.body === undefined ? {} : JSON.parse(options.body as string);
    const isForward = address.endsWith("/forward");
    const isPass = isForward || address.endsWith("/forward_backward");
    const input = body.forward_input ?? body.forward_backward_input;
    // The client's question for protobuf has no input.
    if (isPass && input !== undefined) {
      asked.push(structuredClone(body));
      delete input.loss_fn_config;
    }
    const sent = options.body === undefined ? options : { ...options, body: JSON.stringify(body) };
    const response = await fetch(address, sent);
    const answer = (await response.json()) as Answer;
    if (address.endsWith("get_server_capabilities")) answer.fovea_signals = said;
    if (isForward) results.set(answer.request_id ?? "", asked.at(-1)!);
    const request = address.endsWith("retrieve_future") ? results.get(body.request_id) : undefined;
    if (request !== undefined && answer.loss_fn_outputs !== undefined) {
      for (const [i, output] of answer.loss_fn_outputs.entries()) {
        const length = request.forward_input.data[i]!.loss_fn_inputs["target_tokens"]!.data.length;
        for (const name of names) {
          output[name] = name === "gram" ? madeGram(i, length).packed : made(name, i, length);
        }
        for (const [name, tensor] of Object.entries(instead)) output[name] = tensor;
      }
    }
    return new Response(JSON.stringify(answer), { status: response.status });
  };
  return { asked, wrapped };
}
