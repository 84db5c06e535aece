/**
 * @module
 * What an engine may or may not be able to do, and the check made before the first step.
 */
import { EngineError } from "../errors/index.ts";

/** `attention`: signals from the last layer's attention. `entropy`: entropy of each token's distribution. */
export type Capability = "attention" | "entropy" | "reference";

/**
 * Fails when the engine lacks something that a method needs.
 *
 * @throws EngineError naming the method and the capability
 */
export function requireCapability(
  available: ReadonlySet<Capability>,
  needed: Capability,
  method: string,
): void {
  if (!available.has(needed)) {
    const has = [...available].sort().join(", ") || "none";
    throw new EngineError(`${method} needs the engine capability "${needed}"; this engine has: ${has}`);
  }
}
