/**
 * @module
 * A number out of a diagnosis of the cell's weights: attention at right and wrong tokens, roles, connectivity, grounding. See
 * `fovea diagnose`, which gives the same numbers with their intervals.
 */
import * as z from "zod";
import {
  type Config,
  fetchModel,
  openConfiguredDialogue,
  openParts,
  openTask,
  resolveConfig,
} from "../../config/index.ts";
import { splitSource } from "../../data/index.ts";
import { CLASSES, diagnose, type ModelDiagnosis, sampledAnswers } from "../../diagnose/index.ts";
import type { KindDefinition, Settings } from "../../parts/index.ts";
import { modulesOf } from "../cell.ts";
import {
  type Evidence,
  type Measure,
  type MeasureContext,
  type Measured,
  type Subject,
  unitOption,
} from "../measure.ts";
import { checkPath, numberAt } from "./pick-number.ts";

const schema = z
  .strictObject({
    kind: z.literal("diagnosis"),
    config: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("Settings that override the cell's for the diagnosis only."),
    problems: z.int().min(1).default(300).describe("Problems, one sampled completion each."),
    lambdas: z
      .array(z.number().positive())
      .default([])
      .describe(
        "Strengths at which attention of the last layer is amplified; none leaves interventions out.",
      ),
    candidates: z.int().min(1).default(200).describe("Tokens of each class to intervene on, at most."),
    pick: z
      .string()
      .describe(
        "Path of the number in diagnosis.json: keys, and list items selected by values, such as connectivity[row=own].heldByAnchors.",
      ),
    unit: unitOption,
  })
  .describe("A number of a diagnosis.");

type Options = z.output<typeof schema>;

/** Draws of the bootstrap: intervals of a diagnosis are not used here. */
const RESAMPLES = 20;

function measured(config: Config, over: Settings): Config {
  return resolveConfig({ file: config as unknown as Settings, overrides: over });
}

async function gather(
  { engine, signal, onProgress }: Subject,
  config: Config,
  { problems, lambdas, candidates }: Options,
): Promise<ModelDiagnosis | undefined> {
  const { task, verdict, limits, maxBrokenShare } = await openParts(config);
  const source = await splitSource(task, config.evaluation.split);
  const dialogue = await openConfiguredDialogue(await fetchModel(config));
  const { temperature, topP, topK, maxCompletionTokens } = config.sampling;
  const opened = await engine();
  const { seed, batchSize } = config.evaluation;
  const found = await diagnose({
    engine: opened,
    dialogue,
    name: "cell",
    answers: sampledAnswers({
      engine: opened,
      dialogue,
      source,
      problems,
      sampling: { temperature, topP, topK, maxCompletionTokens },
      seed,
      batchSize,
      limits,
      maxBrokenShare,
    }),
    verdict,
    labels: task.labels,
    seed,
    rows: ["own"],
    sites: lambdas.length === 0 ? [] : [{ name: "last layer" }],
    lambdas,
    candidates,
    bootstrap: { resamples: RESAMPLES },
    onPhase: (_phase, done, total) => onProgress?.(done, total),
    shouldStop: () => signal?.aborted ?? false,
  });
  return signal?.aborted ? undefined : found;
}

function evidenceOf(options: Options): Evidence {
  const { config: over, pick: _pick, unit: _unit, ...asked } = options;
  return {
    isOfWeights: true,
    identity: (given) => {
      const config = measured(given, over);
      const { data, prompt, verdict, sampling, evaluation } = config;
      const parts = { data, prompt, verdict };
      const { split, seed } = evaluation;
      return { ...asked, ...parts, sampling, split, seed, modules: modulesOf(config, parts) };
    },
    fingerprint: async (given) => {
      const config = measured(given, over);
      return (await splitSource(await openTask(config), config.evaluation.split)).fingerprint;
    },
    gather: (subject) => gather(subject, measured(subject.config, over), options),
  };
}

/** A number of a diagnosis. */
export const diagnosisMeasure: KindDefinition<typeof schema, MeasureContext, Measure> = {
  schema,
  create: (options, { name }) => {
    const where = `measures.${name}`;
    const lambda = options.lambdas.map(String);
    checkPath(options.pick, { row: ["own"], role: ["image", "reasoning"], name: CLASSES, lambda }, where);
    return {
      name,
      unit: options.unit,
      evidence: evidenceOf(options),
      pick: (found): Measured => ({ value: numberAt(found, options.pick, where) }),
    };
  },
};
