/**
 * @module
 * The answers of both sides of evaluation.mjs, token by token.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { benchmarkSchema, createBenchmark } from "fovea/benchmark";
import { openSource } from "fovea/data";
import { createLocalEngine } from "fovea/engine";
import { engineRespondent, openDialogue } from "fovea/eval";
import { arrangements, runLmmsEval } from "./evaluation-sides.mjs";

/** @import { Setting } from "./evaluation-sides.mjs" */

/** Qwen2.5-VL's placeholder of an image's tokens. */
const IMAGE_PAD = 151_655;

/**
 * Ids of Fovea's prompts without images', and of its answers.
 *
 * @param {Setting} setting
 */
async function foveaAnswers({ checkpoint, data, problems, tokens, threads }) {
  const config = benchmarkSchema.parse({ kind: "chartqa", data, prompt: "lmms-eval" });
  const source = await openSource((await createBenchmark(config, { data: undefined, seed: 0 })).source);
  const asked = await Promise.all(Array.from({ length: problems }, async (_, i) => source.problem(i)));
  const dialogue = openDialogue(checkpoint);
  const engine = await createLocalEngine({ model: checkpoint, threads });
  const respondent = engineRespondent(engine, dialogue, "checkpoint");
  const request = { samples: 1, temperature: 0, topP: 1, maxCompletionTokens: tokens, seed: 0 };
  const responses = await respondent.respond(asked, request);
  await engine.close();
  return asked.map((problem, i) => {
    const { chunks } = dialogue.prompt(problem);
    const prompt = chunks.flatMap((chunk) => (chunk.kind === "text" ? [...chunk.tokens] : []));
    return { prompt, answer: [...(responses[i]?.[0]?.tokens ?? [])] };
  });
}

/**
 * The same of lmms-eval.
 *
 * @param {Setting} setting
 * @returns {Promise<{ versions: Record<string, string>, answers: { prompt: number[], answer: number[] }[] }>}
 */
async function lmmsAnswers(setting) {
  const path = join(setting.folder, "tokens.json");
  const [first] = arrangements("lmms-eval", setting.threads);
  if (first === undefined) throw new Error("lmms-eval has no arrangement");
  await runLmmsEval(setting, first, join(setting.folder, "check"), ["--tokens", path]);
  return JSON.parse(readFileSync(path, "utf8"));
}

/**
 * Compares both sides' answers to all problems.
 *
 * @param {Setting} setting
 * @returns {Promise<{ problems: number, distinct: number, same: number, versions: Record<string, string>,
 *   differing: { problem: number, from: number, fovea: number[], lmmsEval: number[] }[] }>}
 * @throws where a prompt is not the same tokens on both sides, or the model says the same whatever it is asked
 */
export async function compareAnswers(setting) {
  const ours = await foveaAnswers(setting);
  const distinct = new Set(ours.map(({ answer }) => answer.join(" "))).size;
  if (2 * distinct < ours.length)
    throw new Error(`${distinct} distinct answers to ${ours.length} problems: nothing to compare`);
  const { versions, answers } = await lmmsAnswers(setting);
  const theirs = new Map(
    answers.map(({ prompt, answer }) => [prompt.filter((id) => id !== IMAGE_PAD).join(" "), answer]),
  );
  const differing = ours.flatMap(({ prompt, answer }, problem) => {
    const other = theirs.get(prompt.join(" "));
    if (other === undefined)
      throw new Error(`problem ${problem}: lmms-eval was not asked these tokens: ${prompt.join(" ")}`);
    const from = answer.findIndex((id, t) => id !== other[t]);
    if (from < 0 && answer.length === other.length) return [];
    return [
      {
        problem,
        from: from < 0 ? Math.min(answer.length, other.length) : from,
        fovea: answer,
        lmmsEval: other,
      },
    ];
  });
  return { problems: ours.length, distinct, same: ours.length - differing.length, versions, differing };
}
