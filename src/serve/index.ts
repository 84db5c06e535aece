/**
 * @module
 * The Tinker API over Fovea's engine. Start with `tinker-server` for HTTP, with `service` for the work of calls and
 * with `forward-pass` for how data become sequences; `chat/` has OpenAI's API of chat completions.
 */
export { configuredModel, usualName } from "./configured-model.ts";
export type { ServedModel } from "./served-model.ts";
export { type ServerOptions, startTinkerServer, type TinkerServer } from "./tinker-server.ts";
