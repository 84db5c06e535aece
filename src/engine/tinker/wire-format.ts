/**
 * @module
 * The two forms of the protocol's large bodies: JSON, and the binary messages that the SDK speaks since 0.25. Only data and
 * results of `forward`, `forward_backward` and `asample` differ; all other bodies are JSON in both.
 */
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { EngineError } from "../../errors/index.ts";
import { type BinaryAnswer, isBinary, JSON_TYPE, type RequestBody } from "./http-client.ts";
import { parsed } from "./parsed.ts";
import {
  DType,
  type ForwardRequest,
  forwardRequestBytes,
  PROTOBUF,
  type RealType,
  readForwardAnswer,
  readSampleAnswer,
  WireFault,
} from "./protobuf/index.ts";
import {
  type ForwardCall,
  forwardAnswerSchema,
  jsonText,
  sampleAnswerSchema,
  type WireForwardAnswer,
  type WireSampleAnswer,
} from "./wire.ts";
import type { BodySizes } from "./wire-sequence.ts";

/** SDK whose schema `protobuf/tinker.proto` is. */
export const SCHEMA_SDK = "0.38.0";

/** How large bodies are written and read. */
export interface WireFormat {
  readonly name: "json" | "protobuf";
  /** The format requested for results. */
  readonly accept: string;
  readonly sizes: BodySizes;
  /** Address, below the API's, and body of a pass over data. */
  readonly forward: (
    call: ForwardCall,
    request: ForwardRequest,
  ) => Promise<{ readonly path: string; readonly body: RequestBody }>;
  /** @throws EngineError naming call and field */
  readonly forwardAnswer: (answer: unknown, call: string) => WireForwardAnswer;
  /** @throws EngineError naming call and field */
  readonly sampleAnswer: (answer: unknown, call: string) => WireSampleAnswer;
}

/** Of servers for SDKs up to 0.24. */
export const jsonFormat: WireFormat = {
  name: "json",
  accept: JSON_TYPE,
  sizes: { token: 8, number: 24, image: 4 / 3 },
  forward: async (call, { input, fovea, ...head }) => ({
    path: call,
    body: {
      type: JSON_TYPE,
      content: jsonText({ type: call, ...head, [`${call}_input`]: input, ...(fovea && { fovea }) }),
    },
  }),
  forwardAnswer: (answer, call) => parsed(forwardAnswerSchema, answer, call),
  sampleAnswer: (answer, call) => parsed(sampleAnswerSchema, answer, call),
};

type Compress = (bytes: Uint8Array) => Promise<Uint8Array>;
/** Node's own since 22.15. */
const { zstdCompress } = zlib as { readonly zstdCompress?: typeof zlib.gzip };
/** Below it compression is not worth its time. */
const WORTH_COMPRESSING = 4096;

/** Whether bodies can be compressed with zstd by this version of Node. */
export const canCompress: boolean = zstdCompress !== undefined;

/**
 * Of servers for SDKs since 0.25.
 *
 * @param isExtended sends reals as float64, which the extension has and the protocol has not
 * @param isCompressed sends bodies compressed where Node can
 */
export function protobufFormat(isExtended: boolean, isCompressed: boolean): WireFormat {
  const real: RealType = isExtended ? DType.DTYPE_FOVEA_FLOAT64 : DType.DTYPE_FLOAT32;
  const compress: Compress | undefined =
    isCompressed && zstdCompress !== undefined ? promisify(zstdCompress) : undefined;
  return {
    name: "protobuf",
    accept: isExtended ? `${PROTOBUF}; real=float64` : PROTOBUF,
    sizes: { token: 4, number: 8, image: 1 },
    forward: async (call, request) => {
      const bytes = faultless(call, () => forwardRequestBytes(request, call, real));
      const content = compress && bytes.byteLength > WORTH_COMPRESSING ? await compress(bytes) : bytes;
      return {
        path: "forward_backward",
        body: { type: PROTOBUF, content, ...(content !== bytes && { encoding: "zstd" }) },
      };
    },
    forwardAnswer: (answer, call) => {
      const { bytes } = binary(answer, call);
      return faultless(call, () => readForwardAnswer(bytes));
    },
    sampleAnswer: (answer, call) => {
      const { bytes } = binary(answer, call);
      return faultless(call, () => readSampleAnswer(bytes));
    },
  };
}

/** @throws EngineError when a server answers JSON all the same */
function binary(answer: unknown, call: string): BinaryAnswer {
  if (isBinary(answer)) return answer;
  throw new EngineError(
    `${call}: content-type: expected ${PROTOBUF}, as the request asked (schema of tinker ${SCHEMA_SDK}), got ${JSON_TYPE}: set engine.wire to json if the server speaks nothing else`,
  );
}

/** The fault of a field, as an error that also names the call. */
function faultless<T>(call: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    throw new EngineError(`${call}: ${error.message} (schema of tinker ${SCHEMA_SDK})`, { cause: error });
  }
}
