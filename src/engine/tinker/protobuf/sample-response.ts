/**
 * @module
 * Answers to `asample` as the message `SampleResponse`, to and from the form that JSON answers have.
 */
import { create, toBinary } from "@bufbuild/protobuf";
import type { WireSampleAnswer } from "../wire.ts";
import { messageOf } from "./message.ts";
import { packed, unpacked } from "./numbers.ts";
import { type RealType, tensorMessage, tensorOf } from "./tensor.ts";
import {
  DType,
  type SampledSequence,
  SampledSequenceSchema,
  SampleResponseSchema,
  StopReason,
} from "./tinker_pb.ts";
import { WireFault } from "./wire-fault.ts";

type Sequence = WireSampleAnswer["sequences"][number];

const REASONS = { stop: StopReason.STOP, length: StopReason.LENGTH } as const;
/** Names in the extension's map that are no signals. */
const LOGPROBS = "logprobs";
const ENTROPY = "entropy";

/** An answer as bytes; with float64 for reals, what the extension has beside the protocol too. */
export function sampleAnswerBytes(
  { sequences, prompt_logprobs: prompt }: WireSampleAnswer,
  real: RealType,
): Uint8Array {
  const message = create(SampleResponseSchema, {
    sequences: sequences.map((sequence, s) => sequenceMessage(sequence, real, `sequences[${s}]`)),
    ...(prompt != null && { promptLogprobs: packed(prompt, DType.DTYPE_FLOAT32, "prompt_logprobs") }),
  });
  return toBinary(SampleResponseSchema, message);
}

function sequenceMessage(sequence: Sequence, real: RealType, where: string): SampledSequence {
  const { stop_reason, tokens, logprobs, entropy, signals } = sequence;
  const extra = {
    ...(logprobs && { [LOGPROBS]: { data: logprobs } }),
    ...(entropy && { [ENTROPY]: { data: entropy } }),
    ...signals,
  };
  return create(SampledSequenceSchema, {
    stopReason: REASONS[stop_reason],
    tokens: packed(tokens, DType.DTYPE_INT32, `${where}.tokens`),
    ...(logprobs && { logprobs: packed(logprobs, DType.DTYPE_FLOAT32, `${where}.logprobs`) }),
    ...(real === DType.DTYPE_FOVEA_FLOAT64 && {
      fovea: Object.fromEntries(
        Object.entries(extra).map(([name, tensor]) => [
          name,
          tensorMessage(tensor, real, `${where}.fovea.${name}`),
        ]),
      ),
    }),
  });
}

/**
 * Reads an answer.
 *
 * @throws WireFault when it is no such message, or a field cannot be what it is meant to be
 */
export function readSampleAnswer(bytes: Uint8Array): WireSampleAnswer {
  const { sequences, promptLogprobs } = messageOf(SampleResponseSchema, bytes);
  return {
    sequences: sequences.map((sequence, s) => sequenceOf(sequence, `sequences[${s}]`)),
    ...(promptLogprobs && {
      prompt_logprobs: unpacked(promptLogprobs, DType.DTYPE_FLOAT32, "prompt_logprobs"),
    }),
  };
}

function sequenceOf({ stopReason, tokens, logprobs, fovea }: SampledSequence, where: string): Sequence {
  const reason = Object.entries(REASONS).find(([, number]) => number === stopReason)?.[0];
  if (reason === undefined) {
    throw new WireFault(`${where}.stop_reason`, `expected 0 (stop) or 1 (length), got ${stopReason}`);
  }
  const extra = Object.entries(fovea).map(
    ([name, tensor]) => [name, tensorOf(tensor, `${where}.fovea.${name}`)] as const,
  );
  const { [LOGPROBS]: exact, [ENTROPY]: entropy, ...signals } = Object.fromEntries(extra);
  const ids = unpacked(tokens, DType.DTYPE_INT32, `${where}.tokens`);
  const negative = ids.findIndex((id) => id < 0);
  if (negative >= 0) {
    throw new WireFault(`${where}.tokens[${negative}]`, `expected an id of at least 0, got ${ids[negative]}`);
  }
  return {
    stop_reason: reason as keyof typeof REASONS,
    tokens: ids,
    ...(logprobs && {
      logprobs: exact?.data ?? unpacked(logprobs, DType.DTYPE_FLOAT32, `${where}.logprobs`),
    }),
    ...(entropy && { entropy: entropy.data }),
    ...(Object.keys(signals).length > 0 && { signals }),
  };
}
