/**
 * @module
 * Reads the needs of a user's credit method: known names, and for each the value that the engine or the task expects.
 */
import * as z from "zod";
import {
  type CreditNeeds,
  imageAblationSchema,
  SIGNALS,
  type SignalName,
  signalRequestSchema,
} from "../../credit/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { LEAST_TEMPERATURE } from "../../math/index.ts";
import { faultText } from "../../parts/index.ts";
import { gotText, requireKnownKeys } from "./got.ts";

/** A need without options; false is none. */
const flag = z
  .boolean()
  .transform((isNeeded) => (isNeeded ? (true as const) : undefined))
  .optional();

/** Needs other than signals. */
const OTHERS = {
  entropy: flag,
  nucleusEntropy: z.number().gt(0).max(1).optional(),
  ablation: z
    .strictObject({
      image: imageAblationSchema,
      divergence: z.boolean(),
      temperature: z.number().min(LEAST_TEMPERATURE).optional(),
    })
    .optional(),
  views: z.record(z.string(), z.strictObject({ image: imageAblationSchema, entropy: flag })).optional(),
  groupDivergence: flag,
  labels: flag,
  advantage: flag,
  allGroups: flag,
  rewards: z.array(z.string()).optional(),
} satisfies Readonly<Record<Exclude<keyof CreditNeeds, SignalName>, z.ZodType>>;

const SIGNAL_NAMES: readonly string[] = SIGNALS.map(({ name }) => name);
const othersSchema = z.strictObject(OTHERS);

function parsed<T>(schema: z.ZodType<T>, given: object, where: string): T {
  const found = schema.safeParse(given);
  if (found.success) return found.data;
  const issue = found.error.issues[0]!;
  const place = [where, ...issue.path.map(String)].join(".");
  const isUnknown = issue.code === "unrecognized_keys";
  const fault = isUnknown
    ? `expected known keys only, got "${issue.keys.join('", "')}"`
    : faultText(issue, given);
  throw new ConfigError(`${place}: ${fault}`);
}

/** The members of an object by these names, its own or its class's. */
const picked = (given: object, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, (given as Readonly<Record<string, unknown>>)[name]]));

/**
 * The needs, with the defaults of image ablations filled in.
 *
 * @throws ConfigError naming the need
 */
export function readNeeds(given: unknown, where: string): CreditNeeds {
  if (typeof given !== "object" || given === null) {
    throw new ConfigError(`${where}: expected an object, got ${gotText(given)}`);
  }
  const names = Object.keys(OTHERS);
  requireKnownKeys(given, [...names, ...SIGNAL_NAMES], where);
  const needs = {
    ...parsed(signalRequestSchema, picked(given, SIGNAL_NAMES), where),
    ...parsed(othersSchema, picked(given, names), where),
  };
  return Object.fromEntries(Object.entries(needs).filter(([, need]) => need !== undefined)) as CreditNeeds;
}
