/**
 * @module
 * `forward` and `forward_backward` requests as one message, `ForwardBackwardRequest`, to and from the form that JSON bodies
 * have.
 */
import { create, toBinary } from "@bufbuild/protobuf";
import type { ForwardCall, WireChunk, WireDatum, WireForwardInput } from "../wire.ts";
import { messageOf } from "./message.ts";
import { packed, unpacked } from "./numbers.ts";
import { type RealType, tensorMessage, tensorOf } from "./tensor.ts";
import {
  type Chunk,
  ChunkSchema,
  DatumSchema,
  DType,
  type ForwardBackwardRequest,
  ForwardBackwardRequestSchema,
} from "./tinker_pb.ts";
import { WireFault } from "./wire-fault.ts";

/** A pass over data in the form of JSON bodies: of which model, the how-manieth request of it, and what. */
export interface ForwardRequest {
  readonly model_id: string;
  readonly seq_id: number;
  readonly input: WireForwardInput;
  /** Options of the extension. */
  readonly fovea?: object | undefined;
}

/**
 * A request as bytes.
 *
 * @throws WireFault when a number cannot be what its field holds
 */
export function forwardRequestBytes(
  { model_id: modelId, seq_id: seqId, input, fovea }: ForwardRequest,
  call: ForwardCall,
  real: RealType,
): Uint8Array {
  const config = Object.entries(input.loss_fn_config ?? {});
  const message = create(ForwardBackwardRequestSchema, {
    modelId,
    seqId,
    lossFn: input.loss_fn,
    // Servers up to SDK 0.37 read the first map, later servers the second.
    lossFnConfig: Object.fromEntries(config),
    lossFnConfigV2: Object.fromEntries(
      config.map(([name, value]) => [name, { value: { case: "number" as const, value } }]),
    ),
    forwardOnly: call === "forward",
    data: input.data.map((datum, d) => datumMessage(datum, real, `data[${d}]`)),
    ...(fovea && { fovea: JSON.stringify(fovea) }),
  });
  return toBinary(ForwardBackwardRequestSchema, message);
}

function datumMessage({ model_input, loss_fn_inputs }: WireDatum, real: RealType, where: string) {
  return create(DatumSchema, {
    modelInput: model_input.chunks.map((chunk, c) => chunkMessage(chunk, `${where}.model_input[${c}]`)),
    lossFnInputs: Object.fromEntries(
      Object.entries(loss_fn_inputs).map(([name, tensor]) => [
        name,
        tensorMessage(tensor, real, `${where}.loss_fn_inputs.${name}`),
      ]),
    ),
  });
}

function chunkMessage(chunk: WireChunk, where: string): Chunk {
  if (chunk.type === "encoded_text") {
    const tokens = packed(chunk.tokens, DType.DTYPE_INT32, `${where}.encoded_text.tokens`);
    return create(ChunkSchema, { chunk: { case: "encodedText", value: { tokens } } });
  }
  const { format, expected_tokens } = chunk;
  const about = { format, ...(expected_tokens != null && { expectedTokens: expected_tokens }) };
  return chunk.type === "image"
    ? create(ChunkSchema, { chunk: { case: "image", value: { data: chunk.data, ...about } } })
    : create(ChunkSchema, {
        chunk: { case: "foveaEarlierImage", value: { location: chunk.location, ...about } },
      });
}

/** The content of a body before its data are read. */
export interface ReadForwardRequest {
  readonly call: ForwardCall;
  readonly model_id: string;
  /** Null where the client gave none. */
  readonly seq_id: number | null;
  /**
   * The whole request in the form of JSON bodies.
   *
   * @throws WireFault naming the field
   */
  readonly whole: () => object;
}

/**
 * Reads a body.
 *
 * @throws WireFault when it is no such message
 */
export function readForwardRequest(bytes: Uint8Array): ReadForwardRequest {
  const message = messageOf(ForwardBackwardRequestSchema, bytes);
  const call = message.forwardOnly ? "forward" : "forward_backward";
  const head = { model_id: message.modelId, seq_id: message.seqId === 0 ? null : message.seqId };
  return {
    call,
    ...head,
    whole: () => ({ ...head, [`${call}_input`]: inputOf(message), ...optionsOf(message) }),
  };
}

function inputOf({ data, lossFn, lossFnConfig, lossFnConfigV2 }: ForwardBackwardRequest): object {
  const second = Object.entries(lossFnConfigV2).map(([name, { value }]) => {
    if (value.case !== "number") {
      throw new WireFault(`loss_fn_config_v2.${name}`, `expected a number, got ${value.case ?? "nothing"}`);
    }
    return [name, value.value] as const;
  });
  return {
    loss_fn: lossFn,
    loss_fn_config: second.length > 0 ? Object.fromEntries(second) : lossFnConfig,
    data: data.map(({ modelInput, lossFnInputs }, d) => ({
      model_input: { chunks: modelInput.map((chunk, c) => chunkOf(chunk, `data[${d}].model_input[${c}]`)) },
      loss_fn_inputs: Object.fromEntries(
        Object.entries(lossFnInputs).map(([name, tensor]) => [
          name,
          tensorOf(tensor, `data[${d}].loss_fn_inputs.${name}`),
        ]),
      ),
    })),
  };
}

function optionsOf({ fovea }: ForwardBackwardRequest): { readonly fovea?: unknown } {
  if (fovea === undefined) return {};
  try {
    return { fovea: JSON.parse(fovea) as unknown };
  } catch {
    throw new WireFault("fovea", "expected JSON");
  }
}

function chunkOf({ chunk }: Chunk, where: string): object {
  switch (chunk.case) {
    case "encodedText": {
      const field = `${where}.encoded_text.tokens`;
      return {
        type: "encoded_text",
        tokens: Array.from(unpacked(chunk.value.tokens, DType.DTYPE_INT32, field)),
      };
    }
    case "image":
    case "foveaEarlierImage": {
      const { format, expectedTokens } = chunk.value;
      const about = { format, ...(expectedTokens !== undefined && { expected_tokens: expectedTokens }) };
      return chunk.case === "image"
        ? { type: "image", data: chunk.value.data, ...about }
        : { type: "image_asset_pointer", location: chunk.value.location, ...about };
    }
    case "dmel":
      throw new WireFault(`${where}.dmel`, "expected text or an image: there is no model of sound here");
    case undefined:
      throw new WireFault(where, "expected encoded_text or image, got a kind of chunk that is not known");
  }
}
