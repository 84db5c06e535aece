/**
 * @module
 * The protocol's binary bodies: messages of `tinker.proto` to and from the form that JSON bodies have.
 */
export { forwardAnswerBytes, readForwardAnswer } from "./forward-output.ts";
export { type ForwardRequest, forwardRequestBytes, readForwardRequest } from "./forward-request.ts";
export { isWhole, PROTOBUF } from "./message.ts";
export { readSampleAnswer, sampleAnswerBytes } from "./sample-response.ts";
export type { RealType } from "./tensor.ts";
export { DType } from "./tinker_pb.ts";
export { WireFault } from "./wire-fault.ts";
