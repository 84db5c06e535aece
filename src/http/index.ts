/**
 * @module
 * Parts that the viewer's server and the Tinker server share.
 */
export { decodedPart } from "./decoded-part.ts";
export { listen } from "./listen.ts";
export { isLoopback } from "./loopback.ts";
