/**
 * @module
 * Frees the memory of arrays at once, without waiting for the garbage collector: they are sent to a port that is
 * closed, which keeps nothing.
 */
import { MessageChannel } from "node:worker_threads";

const { port1: nowhere, port2 } = new MessageChannel();
port2.close();

/** Frees buffers, which are empty then. */
export function discard(buffers: readonly ArrayBuffer[]): void {
  nowhere.postMessage(undefined, [...new Set(buffers)]);
}
