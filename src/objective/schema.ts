/**
 * @module
 * The `algorithm` part of a run's configuration: a union by `kind`, each branch beside its algorithm, so an option
 * that does not apply cannot be written.
 */
import * as z from "zod";
import { cispoSchema } from "./algorithms/cispo.ts";
import { dapoSchema } from "./algorithms/dapo.ts";
import { dpoSchema } from "./algorithms/dpo.ts";
import { drGrpoSchema } from "./algorithms/dr-grpo.ts";
import { grpoSchema } from "./algorithms/grpo.ts";
import { gspoSchema } from "./algorithms/gspo.ts";
import { ppoSchema } from "./algorithms/ppo.ts";
import { reinforceSchema } from "./algorithms/reinforce.ts";
import { sapoSchema } from "./algorithms/sapo.ts";

/** Which policy loss, with its options. */
export const algorithmSchema = z
  .discriminatedUnion("kind", [
    grpoSchema,
    drGrpoSchema,
    dapoSchema,
    gspoSchema,
    sapoSchema,
    cispoSchema,
    ppoSchema,
    reinforceSchema,
    dpoSchema,
  ])
  .describe("Which policy loss.");

/** A complete algorithm configuration: every default filled in. */
export type AlgorithmConfig = z.output<typeof algorithmSchema>;

/** An algorithm configuration as a user writes it. */
export type AlgorithmInput = z.input<typeof algorithmSchema>;
