import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openConfiguredDialogue, resolveConfig } from "../../config/index.ts";
import { type DiagnoseOptions, diagnose, recordedAnswers, sampledAnswers } from "../../diagnose/index.ts";
import { type Capability, createFakeEngine, type Engine, type Prompt } from "../../engine/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { answerVerdict } from "../../verify/index.ts";
import { annotatedLabels } from "../labels/annotated-labels.ts";
import { readAnnotations } from "../labels/annotations.ts";
import type { RecordedCompletion } from "../labels/recorded-completions.ts";
import { judgeCompletion } from "./judgement.ts";
import { digitsTask } from "./task.ts";
import { truthOf } from "./truth.ts";

const dialogue = await openConfiguredDialogue(resolveConfig({}));
const task = digitsTask({ seed: 0, evaluationSeed: 0, options: { digits: [3, 3], kinds: ["sum"] } });
const truths = Array.from({ length: 20 }, (_, index) => truthOf(task.test.problem(index)));
const VOCABULARY = 464;

/**
 * An engine whose completions are true traces, except for the first reading of every other problem, which is one too
 * high (9 becomes 0). It would recover every reading toward the image from λ = 4 on, and nothing else.
 */
function scriptedEngine(capabilities?: readonly Capability[]): Engine {
  const fake = createFakeEngine({ vocabSize: VOCABULARY, seed: 1, ...(capabilities && { capabilities }) });
  const places = new Map<Prompt, number>();
  /** Prompts come in the order of their problems. */
  const placeOf = (prompt: Prompt) => {
    const place = places.get(prompt) ?? places.size;
    places.set(prompt, place);
    return place;
  };
  const own: readonly Capability[] = capabilities ? [] : ["attention-intervention"];
  return {
    ...fake,
    capabilities: new Set([...fake.capabilities, ...own]),
    async sample(request) {
      return request.prompts.map((prompt) => {
        const tokens = dialogue.completionTokens(traceOf(placeOf(prompt)));
        const nothing = new Float64Array(tokens.length);
        return [{ tokens, logprobs: nothing, entropy: nothing, stopReason: "stop" as const }];
      });
    },
    async score(sequences, request = {}) {
      const scores = await fake.score(sequences, request);
      for (const { prompt } of sequences) placeOf(prompt);
      if (request.likeliest !== true) return scores;
      return scores.map((score, i) => {
        const { completion, prompt } = sequences[i]!;
        const { intervention } = request;
        const [at] = intervention?.tokens[i] ?? [];
        const isRecovered =
          intervention?.modality === "visual" && intervention.lambda >= 4 && at === completion.length - 1;
        const truth = dialogue.completionTokens(truths[placeOf(prompt)]!.trace);
        const likeliest = completion.map((token, t) => (isRecovered ? truth[t]! : token));
        return { ...score, likeliest };
      });
    },
  };
}

function traceOf(index: number): string {
  const { trace, digits } = truths[index]!;
  const first = digits[0]!.value;
  return index % 2 === 0 ? trace : trace.replace(`I see ${first}`, `I see ${(first + 1) % 10}`);
}

const options: Omit<DiagnoseOptions, "engine" | "answers"> = {
  name: "scripted",
  dialogue,
  verdict: answerVerdict(),
  labels: task.labels,
  seed: 0,
  sites: [{ name: "last layer" }],
  lambdas: [1, 4],
  bootstrap: { resamples: 40 },
};

function diagnosed(engine: Engine, more: Partial<DiagnoseOptions> = {}) {
  const answers = sampledAnswers({
    engine,
    dialogue,
    source: task.test,
    problems: 20,
    batchSize: 8,
    sampling: { temperature: 1, topP: 1, topK: 0, maxCompletionTokens: 64 },
    seed: 0,
  });
  return diagnose({ ...options, engine, answers, ...more });
}

describe("a diagnosis of the digits task", () => {
  test("counts every class of tokens and says everything of each", async () => {
    const found = await diagnosed(scriptedEngine());
    expect(found.completions).toBe(20);
    expect(found.leftOut).toEqual([]);
    expect(found.correlation.map(({ row }) => row)).toEqual(["own", "predicting"]);
    const { classes } = found.correlation[0]!;
    const tokens = Object.fromEntries(classes.map((one) => [one.name, one.tokens]));
    // Three readings a problem, of which ten problems have one wrong.
    expect([tokens["P^r"], tokens["P^e"]]).toEqual([50, 10]);
    for (const { visual, text } of classes) {
      expect(visual.estimate + text.estimate).toBeCloseTo(1, 9);
      expect(visual.low).toBeLessThanOrEqual(visual.estimate);
      expect(visual.high).toBeGreaterThanOrEqual(visual.estimate);
    }
    const methods = found.roleAccuracy.map(({ method, row }) => [method, row].filter(Boolean).join(" "));
    expect(methods).toContain("fisher-rao own");
    expect(methods).toContain("connectivity predicting");
    expect(new Set(methods).size).toBe(methods.length);
    for (const { confusion } of found.roleAccuracy) {
      const counts = confusion?.flat().reduce((sum, count) => sum + count, 0);
      if (counts !== undefined) expect(counts).toBe(found.tokens);
    }
    const image = found.timeCourse.find(({ role }) => role === "image")!;
    expect(image.density.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(image.place.estimate).toBeLessThan(0.5);
    expect(found.grounding!.quantiles).toHaveLength(101);
  });

  test("finds the errors that an intervention recovers and placebos do not", async () => {
    const found = await diagnosed(scriptedEngine());
    const image = found.intervention.find(({ role }) => role === "image")!;
    expect([image.wrong, image.onlyDrawnWrong, image.tokens, image.rightTokens]).toEqual([10, 0, 10, 50]);
    const shares = image.effects.map(({ lambda, recovered, advantage, kept, changed }) => [
      lambda,
      recovered.targeted.estimate,
      recovered["wrong modality"].estimate,
      recovered["random token"].estimate,
      advantage.estimate,
      kept!.estimate,
      changed.targeted,
    ]);
    expect(shares).toEqual([
      [1, 0, 0, 0, 0, 1, 0],
      [4, 1, 0, 0, 1, 1, 1],
    ]);
  });

  test("is the same for the same seed", async () => {
    const once = await diagnosed(scriptedEngine());
    expect(await diagnosed(scriptedEngine())).toEqual(once);
  });

  test("leaves out what the data do not know", async () => {
    const found = await diagnosed(scriptedEngine(), { labels: undefined });
    expect(found.leftOut.map(({ part }) => part)).toEqual([
      "correlation",
      "causal intervention",
      "role accuracy",
    ]);
    expect([found.correlation, found.roleAccuracy, found.intervention]).toEqual([[], [], []]);
    expect(found.timeCourse.every(({ by }) => by === "fisher-rao")).toBe(true);
    expect(found.connectivity).toHaveLength(2);
  });

  test("leaves out measures that the engine does not support, and needs attention", async () => {
    const found = await diagnosed(scriptedEngine(["attention", "entropy"]));
    expect(found.leftOut.map(({ part }) => part)).toEqual([
      "causal intervention",
      "roles by KL and by attention entropy",
      "connectivity",
      "grounding",
    ]);
    expect(found.grounding).toBeUndefined();
    expect(found.correlation).toHaveLength(2);
    await expect(diagnosed(scriptedEngine(["entropy"]))).rejects.toThrow("attention");
  });

  test("ends early when asked to", async () => {
    let asked = 0;
    const found = await diagnosed(scriptedEngine(), { shouldStop: () => asked++ > 0 });
    expect(found.completions).toBe(8);
  });
});

describe("a diagnosis of recorded completions by a file of annotations", () => {
  const recorded = (count: number) =>
    Array.from({ length: count }, (_, index): RecordedCompletion => {
      const { id } = task.test.problem(index);
      return { place: `line ${index + 1}`, problem: id, index, text: traceOf(index), isTruncated: false };
    });

  /** The labels of an annotator who knows the truth; a step is right if it follows from the text before. */
  function annotationLine({ problem, index, text }: RecordedCompletion): string {
    const { judgements } = judgeCompletion(text, truths[index!]!);
    const spans = judgements.map(({ start, end, role, correct, follows, right }) => {
      const isCorrect = role === "reasoning" ? (follows ?? correct) : correct;
      return { start, end, role, right, ...(isCorrect !== null && { correct: isCorrect }) };
    });
    return `${JSON.stringify({ problem, completion: text, spans })}\n`;
  }

  test("finds what the task's own labels find", async () => {
    const completions = recorded(20);
    const path = join(temporaryDirectory(), "labels.jsonl");
    writeFileSync(path, completions.map(annotationLine).join(""));
    const labels = annotatedLabels(await readAnnotations(path), completions);
    const engine = scriptedEngine();
    const answers = recordedAnswers(completions, { source: task.test, dialogue, batchSize: 8 });
    const found = await diagnosed(engine, { answers, labels, agreement: labels.agreement });
    const own = await diagnosed(scriptedEngine());
    expect(found.agreement).toEqual([]);
    // A file names no kinds of statement to look into apart.
    const whole = own.correlation.map((one) => ({
      ...one,
      contrasts: one.contrasts.filter(({ statement }) => statement === undefined),
    }));
    const { agreement: _agreement, ...rest } = found;
    expect(rest).toEqual({ ...own, correlation: whole });
  });
});
