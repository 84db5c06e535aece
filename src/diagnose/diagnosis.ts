/**
 * @module
 * A whole diagnosis of one model, and of others to compare it with.
 */
import type { AttentionRow } from "../credit/index.ts";
import type { AnnotatedLabels, AnnotatorAgreement } from "../data/index.ts";
import { type Engine, requireCapability } from "../engine/index.ts";
import { type BootstrapOptions, Rng } from "../math/index.ts";
import { type Collected, type CollectOptions, collect } from "./collect.ts";
import { type Correlation, correlate } from "./correlation.ts";
import {
  type ConnectivityDistribution,
  connectivityDistribution,
  type GroundingDistribution,
  groundingDistribution,
} from "./distributions.ts";
import { type InterventionOptions, intervene, type RoleIntervention, type Site } from "./intervention.ts";
import { type RoleAccuracy, roleAccuracy } from "./role-accuracy.ts";
import { alignments, type RoleAlignment, type RoleCourse, timeCourse } from "./time-course.ts";

/** A part that was not done, and why. */
export interface LeftOut {
  readonly part: string;
  readonly reason: string;
}

/** The diagnosis of one model. */
export interface ModelDiagnosis {
  readonly name: string;
  readonly completions: number;
  readonly tokens: number;
  /** Of the completions that the verdict could judge; NaN where it could judge none. */
  readonly accuracy: number;
  readonly correlation: readonly Correlation[];
  readonly intervention: readonly RoleIntervention[];
  readonly timeCourse: readonly RoleCourse[];
  readonly alignment: readonly RoleAlignment[];
  readonly roleAccuracy: readonly RoleAccuracy[];
  readonly connectivity: readonly ConnectivityDistribution[];
  readonly grounding?: GroundingDistribution;
  /** Of each pair of annotators, where the labels are theirs. */
  readonly agreement?: readonly AnnotatorAgreement[];
  readonly leftOut: readonly LeftOut[];
}

export interface DiagnoseOptions extends Omit<CollectOptions, "rows"> {
  readonly name: string;
  /** Attention rows to read; both unless given. */
  readonly rows?: readonly AttentionRow[];
  /** Where attention is amplified; none leaves interventions out. */
  readonly sites: readonly Site[];
  readonly lambdas: readonly number[];
  readonly bootstrap?: BootstrapOptions;
  /** Agreement of the annotators of `labels` over the tokens of these completions. */
  readonly agreement?: AnnotatedLabels["agreement"] | undefined;
  readonly onPhase?: ((phase: string, done: number, total: number) => void) | undefined;
}

/**
 * Diagnoses one model.
 *
 * @throws EngineError when the engine has no attention signals
 */
export async function diagnose(options: DiagnoseOptions): Promise<ModelDiagnosis> {
  const { engine, name, bootstrap = {}, rows = ["own", "predicting"], onPhase } = options;
  requireCapability(engine.capabilities, "attention", "diagnose");
  const collected = await collect({
    ...options,
    rows,
    onProgress: (done, total) => onPhase?.("collecting", done, total),
  });
  const { table } = collected;
  const { truth } = table;
  const rng = new Rng(options.seed).fork("intervals");
  const leftOut = missingParts(engine, options, collected);
  const isLeftOut = (part: string) => leftOut.some((one) => one.part === part);
  const intervention = isLeftOut(PARTS.intervention)
    ? []
    : await intervene(collected, sweepOptions(options), rng.fork("intervention"));
  onPhase?.("intervals", 0, 1);
  const grounding = groundingDistribution(table, rng, bootstrap);
  const found: ModelDiagnosis = {
    name,
    completions: table.completions,
    tokens: table.tokens,
    accuracy: table.accuracy,
    correlation: truth
      ? rows.map((row) => correlate(table, truth, row, rng.fork(`correlation ${row}`), bootstrap))
      : [],
    intervention,
    timeCourse: timeCourse(table, rng.fork("time"), bootstrap),
    alignment: alignments(table, rng.fork("alignment"), bootstrap),
    roleAccuracy: truth ? roleAccuracy(table, truth, rng.fork("roles"), bootstrap) : [],
    connectivity: rows.flatMap((row) => connectivityDistribution(table, row) ?? []),
    ...(grounding && { grounding }),
    ...(options.agreement && { agreement: options.agreement(collected.completions) }),
    leftOut,
  };
  onPhase?.("intervals", 1, 1);
  return found;
}

const PARTS = {
  correlation: "correlation",
  intervention: "causal intervention",
  roles: "role accuracy",
  measures: "roles by KL and by attention entropy",
  connectivity: "connectivity",
  grounding: "grounding",
} as const;

function missingParts(
  { capabilities }: Engine,
  { sites, labels }: DiagnoseOptions,
  { table, unlabelled }: Collected,
): LeftOut[] {
  const missing: LeftOut[] = [];
  const without = (capability: Parameters<typeof requireCapability>[1], part: string) => {
    if (!capabilities.has(capability)) {
      missing.push({ part, reason: `the engine lacks the capability "${capability}"` });
    }
  };
  const reason = "the data set does not know which tokens read the image and which are right";
  if (table.truth === undefined) {
    for (const part of [PARTS.correlation, PARTS.intervention, PARTS.roles]) missing.push({ part, reason });
  } else if (labels?.rightTexts === undefined) {
    missing.push({ part: PARTS.intervention, reason: "the labels do not say which texts would be right" });
  } else if (sites.length === 0) {
    missing.push({ part: PARTS.intervention, reason: "no layers were asked for" });
  } else {
    without("attention-intervention", PARTS.intervention);
  }
  without("attention-measure", PARTS.measures);
  without("calibrated-attention", PARTS.connectivity);
  without("image-ablation", PARTS.grounding);
  if (unlabelled > 0) {
    missing.push({ part: `${unlabelled} completions`, reason: "their tokens have no labels" });
  }
  return missing;
}

function sweepOptions(options: DiagnoseOptions): InterventionOptions {
  const { engine, dialogue, sites, lambdas, bootstrap = {}, onPhase, shouldStop } = options;
  return {
    engine,
    tokenTexts: (tokens) => dialogue.tokenTexts(tokens),
    sites,
    lambdas,
    bootstrap,
    onProgress: (done, total) => onPhase?.("intervening", done, total),
    shouldStop,
  };
}
