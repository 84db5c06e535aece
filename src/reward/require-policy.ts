/**
 * @module
 * The policy under training, for rewards that need it.
 */
import { PartError } from "../errors/index.ts";
import type { Policy } from "./reward.ts";

/** @throws PartError when no policy is trained, for example when a file of answers is scored */
export function requirePolicy(policy: Policy | undefined, kind: string): Policy {
  if (policy !== undefined) return policy;
  throw new PartError(`reward kind "${kind}": needs the policy under training, got none`, {
    isTotal: true,
  });
}
