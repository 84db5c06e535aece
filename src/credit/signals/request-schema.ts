/**
 * @module
 * Schemas of requests for signals, as they come from outside: apart from the signals, since an engine's thread, which
 * computes signals, reads no configuration and starts without zod.
 */
import * as z from "zod";
import type { SignalName, SignalRequest } from "./index.ts";

const row = z.enum(["own", "predicting"]);

const calibrated = z.strictObject({
  row,
  layers: z.number(),
  biasCorrection: z.boolean(),
  biasCurve: z
    .strictObject({
      exponential: z.number().optional(),
      decay: z.number().optional(),
      cosine: z.number().optional(),
    })
    .optional(),
});

const SCHEMAS: { readonly [S in SignalName]: z.ZodType<NonNullable<SignalRequest[S]>> } = {
  attention: z.strictObject({ row, measure: z.enum(["sharpness", "divergence"]).optional() }),
  calibrated,
  clusters: calibrated.extend({
    similarityThreshold: z.number(),
    clusterSize: z.number(),
    neighbours: z.int().nonnegative(),
    seed: z.int(),
  }),
  imageRows: z.strictObject({ row }),
  hiddenCosine: z.strictObject({ layers: z.enum(["last", "all"]), pairing: z.enum(["mean", "pairwise"]) }),
};

/** A request for signals. */
export const signalRequestSchema: z.ZodType<SignalRequest> = z.strictObject(
  Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, schema.optional()])),
) as z.ZodType<SignalRequest>;
