/**
 * @module
 * Completions of a fake engine, drawn token by token.
 */
import { Rng } from "../../math/index.ts";
import type { Completion, Prompt, SampleRequest } from "../engine.ts";
import { alternativesOf } from "./alternatives-of.ts";
import { entropyOf } from "./bigram-policy.ts";
import { drawToken, likeliest } from "./draw-token.ts";
import type { FakeModel } from "./fake-model.ts";
import { madeUpSignals } from "./made-up-signals.ts";
import { lastPromptToken, promptKey } from "./prompt-key.ts";

/** Completions by a table of weights, `[P][G]`. */
export function sampleFrom(model: FakeModel, table: Float64Array, request: SampleRequest): Completion[][] {
  const { seed, prompts, groupSize } = request;
  const drawOf = (p: number, g: number) =>
    typeof seed === "number" ? new Rng(seed).fork(`${p}/${g}`) : new Rng(seed[p]!).fork(`0/${g}`);
  return prompts.map((prompt, p) =>
    Array.from({ length: groupSize }, (_, g) => {
      const draw = drawOf(p, g);
      return completionOf(model, table, request, { prompt, p, g, draw });
    }),
  );
}

/** The place of a completion in its batch. */
interface Place {
  readonly prompt: Prompt;
  readonly p: number;
  readonly g: number;
  readonly draw: Rng;
}

function completionOf(
  model: FakeModel,
  table: Float64Array,
  request: SampleRequest,
  { prompt, p, g, draw }: Place,
): Completion {
  const tokens: number[] = [];
  const logprobs: number[] = [];
  const entropy: number[] = [];
  const isGreedy = request.temperature === 0;
  const temperature = isGreedy ? 1 : request.temperature;
  const promptRow = promptKey(prompt) % model.shape.promptRows;
  let stopped = false;
  while (!stopped && tokens.length < request.maxCompletionTokens) {
    const previous = tokens.at(-1) ?? lastPromptToken(prompt);
    const logs = model.logs(table, { previous, promptRow }, temperature);
    const token = isGreedy ? likeliest(logs) : drawToken(logs, request.topK, request.topP, draw);
    tokens.push(token);
    logprobs.push(logs[token]!);
    entropy.push(entropyOf(logs));
    const goesOn = request.watch?.({
      prompt: p,
      place: g,
      token,
      logprob: logs[token]!,
      ...(request.alternatives && { alternatives: alternativesOf([logs], request.alternatives) }),
    });
    stopped = request.stopTokens.includes(token) || goesOn === false;
  }
  const completion = Int32Array.from(tokens);
  const place = { key: promptKey(prompt), lastToken: lastPromptToken(prompt), tokens: completion };
  return {
    tokens: completion,
    logprobs: Float64Array.from(logprobs),
    entropy: Float64Array.from(entropy),
    stopReason: stopped ? "stop" : "length",
    ...madeUpSignals(place, request.signals),
  };
}
