/**
 * @module
 * A completion of an exported model, token by token: the prompt in one run, then one run for each token. The last
 * token is included, since a token's own row of attention exists once it has been fed.
 */
import { chooseToken, type TokenChoice } from "../../../src/engine/local/sampling/token-choice.ts";
import { conversation } from "../../../src/eval/conversation.ts";
import { Rng } from "../../../src/math/random.ts";
import { promptFromMessages } from "../../../src/model/chat-prompt.ts";
import type { Prompt } from "../../../src/model/prompt.ts";
import type { SpelledPrompt } from "../../../src/model/vision.ts";
import type { Asked, Candidate, FromWorker, ReadPrompt, StopReason, TakenToken } from "./ask-message.ts";
import type { ExportedModel } from "./exported-model.ts";

const CANDIDATES = 6;

/** Events of an answer, in this order: the prompt, then for each token the token itself and later its row. */
export type AnswerEvent =
  | { readonly kind: "prompt"; readonly prompt: ReadPrompt }
  | { readonly kind: "token"; readonly token: TakenToken }
  | { readonly kind: "row"; readonly row: Float32Array }
  | Pick<Extract<FromWorker, { kind: "done" }>, "kind" | "stopReason" | "msPerToken">;

function promptOf(model: ExportedModel, { question, pictures, system, suffix }: Asked): Prompt {
  return promptFromMessages(conversation(question, pictures.length, { system, suffix }), pictures, model);
}

/** Softmax of the logits over the temperature, as the engine has it; a temperature of 0 reports at 1. */
function oddsOf(logits: Float32Array, temperature: number) {
  const inverse = 1 / (temperature === 0 ? 1 : temperature);
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) largest = Math.max(largest, logit * inverse);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit * inverse - largest);
  const rest = largest + Math.log(sum);
  const logprobs = logits.map((logit) => logit * inverse - rest);
  const probabilities = logprobs.map((logprob) => Math.exp(logprob));
  let entropy = 0;
  for (const [id, probability] of probabilities.entries()) {
    if (probability > 0) entropy -= probability * (logprobs[id] ?? 0);
  }
  return { logprobs, probabilities, entropy };
}

/** The text of a token; of a special token its name, of a stop token "". */
function textOf({ manifest, tokenizer }: ExportedModel, id: number): string {
  if (manifest.tokens.stop.includes(id)) return "";
  return tokenizer.decode([id], { skipSpecial: true }) || tokenizer.decode([id], { skipSpecial: false });
}

/** The likeliest tokens, most likely first. */
function likeliest(probabilities: Float32Array, model: ExportedModel): Candidate[] {
  const best: number[] = [];
  for (const [id, probability] of probabilities.entries()) {
    if (best.length === CANDIDATES && probability <= (probabilities[best.at(-1) ?? 0] ?? 0)) continue;
    const place = best.findIndex((other) => probability > (probabilities[other] ?? 0));
    best.splice(place < 0 ? best.length : place, 0, id);
    best.length = Math.min(best.length, CANDIDATES);
  }
  return best.map((id) => ({
    id,
    text: textOf(model, id),
    probability: probabilities[id] ?? 0,
  }));
}

async function featuresOf({ graphs }: ExportedModel, { images }: SpelledPrompt): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (const { patches, grid } of images) parts.push(await graphs.see(patches, grid));
  const features = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    features.set(part, at);
    at += part.length;
  }
  return features;
}

/**
 * Answers a question. Seed and temperature draw what the engine draws for the first completion of its first prompt.
 *
 * @param isStopped asked before each token
 */
export async function* answer(
  model: ExportedModel,
  asked: Asked,
  isStopped: () => boolean,
): AsyncGenerator<AnswerEvent> {
  const { manifest, graphs } = model;
  const { config, vision } = model.sight;
  const { chunks } = promptOf(model, asked);
  const prompt = vision.spell({ chunks });
  const { positions, imageIndex } = prompt;
  const grids = chunks.flatMap((chunk) => (chunk.kind === "text" ? [] : [vision.grid(chunk)]));
  yield { kind: "prompt", prompt: { imageIndex, grids } };
  const banned = new Uint8Array(config.text.vocabSize);
  for (const id of manifest.tokens.neverSampled) banned[id] = 1;
  const choice: TokenChoice = { greedy: asked.temperature === 0, topK: 0, topP: 1, banned };
  const rng = new Rng(asked.seed).fork(0).fork(0);

  const begun = performance.now();
  const first = await graphs.embed(prompt.tokens, await featuresOf(model, prompt));
  const places = positions.components.map((component) => Array.from(component));
  let decoded = await graphs.decode(first, places, prompt.tokens.length, graphs.emptyCache());
  let stopReason: StopReason = "length";
  let taken = 0;
  while (taken < asked.maxTokens) {
    if (isStopped()) {
      stopReason = "stopped";
      break;
    }
    const odds = oddsOf(decoded.logits, asked.temperature);
    const id = chooseToken(odds, 0, choice, rng);
    yield {
      kind: "token",
      token: {
        id,
        text: textOf(model, id),
        logprob: odds.logprobs[id] ?? Number.NaN,
        entropy: odds.entropy,
        candidates: likeliest(odds.probabilities, model),
      },
    };
    const place = places.map(() => [positions.next + taken]);
    taken++;
    const total = prompt.tokens.length + taken;
    decoded = await graphs.decode(await graphs.embed([id]), place, total, decoded.cache);
    if (decoded.row !== undefined) yield { kind: "row", row: decoded.row };
    if (manifest.tokens.stop.includes(id)) {
      stopReason = "stop";
      break;
    }
  }
  yield { kind: "done", stopReason, msPerToken: (performance.now() - begun) / Math.max(1, taken) };
}
