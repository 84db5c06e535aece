/**
 * @module
 * Parts that servers share (the viewer's and the Tinker API's), and parts that clients share.
 */
export { type Clock, systemClock } from "./clock.ts";
export { decodedPart } from "./decoded-part.ts";
export { doubledWait } from "./doubled-wait.ts";
export { listen } from "./listen.ts";
export { isLoopback } from "./loopback.ts";
export { askedWait } from "./retry-after.ts";
export { shownBody } from "./shown-body.ts";
