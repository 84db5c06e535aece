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
import { MODULE_LIMITS, type ModuleLimits, type ModuleReference, makePart } from "../modules/load-module.ts";
import { moduleHash } from "../modules/module-hash.ts";
import type { Config } from "../schema.ts";

/**
 * The name of a module's verdict for the record: with its options, and the hash of the module, which decides.
 *
 * @param options unless they are recorded elsewhere
 */
export function moduleVerdictName(
  name: string,
  { module, options = {} }: Pick<ModuleReference, "module"> & Partial<Pick<ModuleReference, "options">>,
): string {
  return verdictName(verdictName(name, options), { module: moduleHash(module).slice(0, 12) });
}

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
  const own = { name: moduleVerdictName(shown, verdict), judge: part.judge.bind(part) };
  return checkedVerdict(own, `verdict "${shown}" (${origin})`, limits.call);
}
