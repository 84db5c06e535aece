/**
 * @module
 * Greedy accuracy on problems of the task, or of a variant of it: the settings of a measure are laid over those of the cell for
 * the evaluation alone, so that weights that learnt on one data set are measured on several.
 */
import * as z from "zod";
import {
  type Config,
  evaluatedParts,
  fetchModel,
  openConfiguredDialogue,
  openParts,
  resolveConfig,
} from "../../config/index.ts";
import { splitSource } from "../../data/index.ts";
import { ConfigError } from "../../errors/index.ts";
import type { KindDefinition, Settings } from "../../parts/index.ts";
import { type EvaluationRecord, evaluationRecord } from "../../train/index.ts";
import { isRight } from "../../verify/index.ts";
import type { Evidence, Measure, MeasureContext, Measured, Subject, Unit } from "../measure.ts";

const settings = z.record(z.string(), z.unknown());

const schema = z
  .strictObject({
    kind: z.literal("evaluation"),
    config: settings
      .default({})
      .describe(
        "Settings over those of the cell, such as { data: { noise: 0.2 } }, for the evaluation alone.",
      ),
    metric: z
      .string()
      .default("accuracy")
      .describe(
        "accuracy, the name of a kind of problem, a measure of the task such as readingPerDigit, completionTokens, or truncated.",
      ),
  })
  .describe("Greedy answers to problems of the task.");

/** What an evaluation leaves behind. */
interface Answers extends Omit<EvaluationRecord, "event" | "iteration"> {
  /** `[N]` 1 where the answer is right, 0 where it is wrong, null where it could not be judged. */
  readonly scores: readonly (0 | 1 | null)[];
  /** `[N]` kind of each problem. */
  readonly kinds: readonly string[];
}

function evaluated(config: Config, over: Settings): Config {
  return resolveConfig({ file: config as unknown as Settings, overrides: over });
}

function evidenceOf(over: Settings): Evidence {
  return {
    isOfWeights: true,
    identity: (config) => {
      const { data, prompt, verdict, evaluation, sampling } = evaluated(config, over);
      const { batchSize: _batchSize, ...asked } = evaluation;
      return { data, prompt, verdict, asked, maxCompletionTokens: sampling.maxCompletionTokens };
    },
    gather: (subject) => gather(subject, evaluated(subject.config, over)),
  };
}

async function gather({ engine, signal, onProgress }: Subject, config: Config): Promise<Answers | undefined> {
  const { split, problems } = config.evaluation;
  const parts = await openParts(config);
  const source = await splitSource(parts.task, split);
  const opened = { engine: await engine(), dialogue: await openConfiguredDialogue(await fetchModel(config)) };
  const scores: (0 | 1 | null)[] = [];
  const kinds: string[] = [];
  const {
    event: _event,
    iteration: _iteration,
    ...evaluation
  } = await evaluationRecord(
    evaluatedParts(parts, opened),
    { iteration: 0, split, problems, source },
    {
      onAnswer: ({ judgement, problem }) => {
        scores.push(judgement.score === null ? null : isRight(judgement) ? 1 : 0);
        kinds.push(problem.kind ?? "all");
      },
      ...(onProgress && { onProgress }),
      shouldStop: () => signal?.aborted ?? false,
    },
  );
  return signal?.aborted ? undefined : { ...evaluation, scores, kinds };
}

const UNITS: Readonly<Record<string, Unit>> = { completionTokens: "number" };

function pick({ name }: MeasureContext, metric: string, answers: Answers): Measured {
  const { accuracy, scores, kinds, byKind, measures = {} } = answers;
  if (metric === "accuracy") return { value: accuracy, scores };
  if (metric === "completionTokens") return { value: answers.completionTokensMean };
  if (metric === "truncated") return { value: answers.truncatedShare };
  if (Object.hasOwn(byKind, metric)) {
    return {
      value: byKind[metric]!.share,
      scores: scores.map((score, i) => (kinds[i] === metric ? score : null)),
    };
  }
  if (Object.hasOwn(measures, metric)) return { value: measures[metric]!.share };
  const known = [
    "accuracy",
    "completionTokens",
    "truncated",
    ...Object.keys(byKind),
    ...Object.keys(measures),
  ];
  throw new ConfigError(`measures.${name}.metric: expected one of ${known.join(", ")}, got "${metric}"`);
}

/** Accuracy, by kind and by the task's own measures. */
export const evaluationMeasure: KindDefinition<typeof schema, MeasureContext, Measure> = {
  schema,
  create: ({ config, metric }, context) => ({
    name: context.name,
    unit: UNITS[metric] ?? "share",
    evidence: evidenceOf(config),
    pick: (evidence) => pick(context, metric, evidence as Answers),
  }),
};
