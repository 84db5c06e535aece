/**
 * @module
 * Capabilities of an engine at a server: of the protocol alone, of the server's extension, and of signals beside the
 * protocol.
 */
import type { Capability } from "../capabilities.ts";
import type { offeredSignals } from "./offered-signals.ts";
import { OUT_OF_REACH } from "./out-of-reach.ts";

/**
 * Capabilities of every server that keeps weights: ablated images are other images, a reference is other weights to
 * sample from, and a sampling session keeps the weights with which it was opened.
 */
const OF_THE_PROTOCOL = ["image-ablation", "overlap", "reference"] as const satisfies readonly Capability[];

/**
 * The capabilities of an engine at a server.
 *
 * @param reported by a server that speaks the extension
 * @param offered signals that `forward` returns without it; temperatures are no capability, since every engine has them
 */
export function clientCapabilities(
  reported: readonly Capability[],
  offered: ReturnType<typeof offeredSignals>,
): Capability[] {
  const own = [...offered].filter((name) => name !== "temperature");
  return [...OF_THE_PROTOCOL, ...own, ...reported.filter((name) => !OUT_OF_REACH.has(name))];
}
