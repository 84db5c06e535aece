/**
 * @module
 * Every built-in credit method. A new method is one file or folder in `methods/` and one entry here; the configuration's
 * schema and the creation of methods follow from the list.
 */
import type * as z from "zod";
import { createPart, definitionUnion, parseByKind } from "../parts/index.ts";
import type { CreditMethod } from "./method.ts";
import { atRlCredit } from "./methods/at-rl/method.ts";
import { cfpoCredit } from "./methods/cfpo.ts";
import { cppoCredit } from "./methods/cppo.ts";
import { dvrpCredit } from "./methods/dvrp.ts";
import { dycoRlCredit } from "./methods/dyco-rl/method.ts";
import { entropyAdvantageCredit } from "./methods/entropy-advantage.ts";
import { grpoSCredit, gtpoCredit } from "./methods/gtpo.ts";
import { hicraCredit } from "./methods/hicra.ts";
import { highEntropyTokensCredit } from "./methods/high-entropy-tokens.ts";
import { mocaCredit } from "./methods/moca.ts";
import { oracleCredit } from "./methods/oracle.ts";
import { klPrcpCredit, papoCredit } from "./methods/papo.ts";
import { pepoCredit } from "./methods/pepo.ts";
import { percevalCredit } from "./methods/perceval.ts";
import { pgpoCredit } from "./methods/pgpo.ts";
import { torCredit } from "./methods/tor.ts";
import { tpaeCredit } from "./methods/tpae.ts";
import { twGrpoCredit } from "./methods/tw-grpo.ts";
import { constantCredit, uniformCredit } from "./methods/uniform.ts";
import { vepoCredit } from "./methods/vepo.ts";
import { vgpoCredit } from "./methods/vgpo.ts";
import { vicraCredit } from "./methods/vicra.ts";
import { vppoCredit } from "./methods/vppo.ts";

const definitions = [
  uniformCredit,
  constantCredit,
  dycoRlCredit,
  atRlCredit,
  vicraCredit,
  vppoCredit,
  papoCredit,
  klPrcpCredit,
  cfpoCredit,
  cppoCredit,
  dvrpCredit,
  entropyAdvantageCredit,
  highEntropyTokensCredit,
  oracleCredit,
  pgpoCredit,
  vgpoCredit,
  pepoCredit,
  torCredit,
  vepoCredit,
  gtpoCredit,
  grpoSCredit,
  tpaeCredit,
  percevalCredit,
  hicraCredit,
  twGrpoCredit,
  mocaCredit,
] as const;

/** How the advantage of a completion is shared among its tokens. */
export const creditSchema = definitionUnion(definitions).describe(
  "How the advantage of a completion is shared among its tokens.",
);

/** A complete credit configuration: every default filled in. */
export type CreditConfig = z.output<typeof creditSchema>;

/** A credit configuration as a user writes it. */
export type CreditInput = z.input<typeof creditSchema>;

/**
 * The credit method that a configuration describes; missing options take their defaults.
 *
 * @throws ConfigError when a key is unknown or a value impossible
 * @example
 * creditMethod({ kind: "uniform" }).credit([[{ mask: [1, 1, 0] }]])[0][0].weights; // [1, 1, 0]
 */
export function creditMethod(config: CreditInput): CreditMethod & { readonly name: string } {
  const parsed = parseByKind(creditSchema, config, "credit");
  return { name: parsed.kind, ...createPart(definitions, parsed, undefined) };
}
