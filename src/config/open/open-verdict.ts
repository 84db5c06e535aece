/**
 * @module
 * The verdict of a configuration, built-in or from a user module, checked against the contract.
 */
import { ConfigError } from "../../errors/index.ts";
import {
  checkedVerdict,
  createVerdict,
  type Verdict,
  type VerdictContext,
  verdictName,
} from "../../verify/index.ts";
import { MODULE_LIMITS, type ModuleLimits, makePart } from "../modules/load-module.ts";
import type { Config } from "../schema.ts";

/**
 * The verdict of a configuration.
 *
 * @throws ConfigError when it is a module that does not make one
 */
export async function openVerdict(
  { verdict }: Pick<Config, "verdict">,
  context: VerdictContext = {},
  limits: ModuleLimits = MODULE_LIMITS,
): Promise<Verdict> {
  if (verdict.kind !== "module") return createVerdict(verdict, context);
  const { part, name, origin } = await makePart<VerdictContext, Verdict>(verdict, context, "verdict", limits);
  if (typeof part.judge !== "function") {
    throw new ConfigError(`verdict (${origin}): expected an object with judge`);
  }
  const shown = part.name ?? name;
  const own = { name: verdictName(shown, verdict.options ?? {}), judge: part.judge.bind(part) };
  return checkedVerdict(own, `verdict "${shown}" (${origin})`, limits.call);
}
