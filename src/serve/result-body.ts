/**
 * @module
 * A result as the client asked for it: JSON, or a message where its `Accept` says so and there is one for the call.
 */
import { protobuf, type wire } from "../engine/index.ts";

/** The answer's body. */
export interface ResultBody {
  readonly type: string;
  readonly content: string | Uint8Array;
}

/** Parameter by which a client says that it reads reals of double precision, which the protocol has not. */
const DOUBLE = /;\s*real=float64\b/;

/**
 * The body of a result.
 *
 * @param text the result, JSON
 * @param accept the client's header
 */
export function resultBody(text: string, accept: string | undefined): ResultBody {
  const json = { type: "application/json", content: text };
  if (accept === undefined || !accept.includes(protobuf.PROTOBUF)) return json;
  const result = JSON.parse(text) as { readonly type?: unknown; readonly error?: unknown };
  const real = DOUBLE.test(accept) ? protobuf.DType.DTYPE_FOVEA_FLOAT64 : protobuf.DType.DTYPE_FLOAT32;
  const message = (content: Uint8Array): ResultBody => ({ type: protobuf.PROTOBUF, content });
  // A failure is always JSON.
  if (result.error !== undefined) return json;
  switch (result.type) {
    case "forward":
    case "forward_backward":
      return message(protobuf.forwardAnswerBytes(result as unknown as wire.WireForwardAnswer, real));
    case "sample":
      return message(protobuf.sampleAnswerBytes(result as unknown as wire.WireSampleAnswer, real));
    default:
      return json;
  }
}
