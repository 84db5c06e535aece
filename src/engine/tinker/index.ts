/**
 * @module
 * The engine behind the Tinker protocol, and the protocol's own types, which `fovea serve` shares.
 */
export type { Clock } from "../../http/index.ts";
export * as protobuf from "./protobuf/index.ts";
export { createTinkerEngine } from "./tinker-engine.ts";
export type { RetryEvent, TinkerEngineOptions } from "./tinker-options.ts";
export * as wire from "./wire.ts";
export { EARLIER_IMAGE } from "./wire-prompt.ts";
export { signalTensors } from "./wire-signals.ts";
