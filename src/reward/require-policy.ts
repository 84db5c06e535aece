/**
 * @module
 * The policy under training, for rewards that cannot do without it.
 */
import { PartError } from "../errors/index.ts";
import type { Policy } from "./reward.ts";

/** @throws PartError where no policy is trained, as when answers in a file are scored */
export function requirePolicy(policy: Policy | undefined, kind: string): Policy {
  if (policy !== undefined) return policy;
  throw new PartError(`reward kind "${kind}": asks the policy under training, and there is none`, {
    isTotal: true,
  });
}
