/**
 * @module
 * The verdict of a configuration, built-in or from a user module, checked against the contract.
 */
import * as z from "zod";
import { ConfigError, PartError } from "../../errors/index.ts";
import { createVerdict, type Judgement, type Verdict, type VerdictContext } from "../../verify/index.ts";
import { MODULE_LIMITS, type ModuleLimits, makePart } from "../modules/load-module.ts";
import { calling } from "../modules/user-calls.ts";
import type { Config } from "../schema.ts";

const judgementSchema = z.looseObject({
  extracted: z.string().nullable(),
  score: z.number().min(0).max(1).nullable(),
  reason: z.string(),
});

function requireJudgement(judgement: Judgement, where: string): Judgement {
  const parsed = judgementSchema.safeParse(judgement);
  if (parsed.success) return judgement;
  const got = JSON.stringify(judgement) ?? "nothing";
  throw new PartError(
    `${where}: expected { extracted: text or null, score: 0 to 1 or null, reason: text }, got ${got.slice(0, 120)}`,
  );
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
  return checkedVerdict({ ...part, name: part.name ?? name, judge: part.judge.bind(part) }, origin, limits);
}

/** A module's verdict, checked against the contract; an error names the module and the problem's question. */
export function checkedVerdict(
  verdict: Verdict,
  origin: string,
  { call }: Pick<ModuleLimits, "call">,
): Verdict {
  const where = `verdict "${verdict.name}" (${origin})`;
  return {
    name: verdict.name,
    judge: async (text, problem, signal) =>
      requireJudgement(await calling(where, call, () => verdict.judge(text, problem, signal)), where),
  };
}
