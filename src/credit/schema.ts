/**
 * @module
 * The `credit` part of a run's configuration: a union by `kind`, each branch beside its method, so an option that
 * does not apply cannot be written.
 */
import * as z from "zod";
import { atRlSchema } from "./methods/at-rl/method.ts";
import { dycoRlSchema } from "./methods/dyco-rl/method.ts";
import { entropyAdvantageSchema } from "./methods/entropy-advantage.ts";
import { highEntropyTokensSchema } from "./methods/high-entropy-tokens.ts";
import { klPrcpSchema, papoSchema } from "./methods/papo.ts";
import { constantSchema, uniformSchema } from "./methods/uniform.ts";
import { vicraSchema } from "./methods/vicra.ts";
import { vppoSchema } from "./methods/vppo.ts";

/** How the advantage of a completion is shared among its tokens. */
export const creditSchema = z
  .discriminatedUnion("kind", [
    uniformSchema,
    constantSchema,
    dycoRlSchema,
    atRlSchema,
    vicraSchema,
    vppoSchema,
    papoSchema,
    klPrcpSchema,
    entropyAdvantageSchema,
    highEntropyTokensSchema,
  ])
  .describe("How the advantage of a completion is shared among its tokens.");

/** A complete credit configuration: every default filled in. */
export type CreditConfig = z.output<typeof creditSchema>;
