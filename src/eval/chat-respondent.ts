/**
 * @module
 * A model under test behind any server of OpenAI's API of chat completions: vLLM, SGLang, `fovea serve`, OpenAI itself.
 * Problems become messages as in process, images among them as PNG files.
 */
import { ChatClient, type ChatClientContext, type ChatSpending } from "../chat/index.ts";
import type { Problem } from "../data/index.ts";
import { PartError } from "../errors/index.ts";
import { Rng } from "../math/index.ts";
import type { AnswerFormat } from "./answer-format.ts";
import { problemConversation, problemMessages } from "./chat-messages.ts";
import type { ChatModelOptions } from "./chat-model-options.ts";
import { responsesOf } from "./chat-responses.ts";
import { problemSeed, type Respondent, type RespondRequest, type Response } from "./respondent.ts";

export interface ChatRespondentContext extends Omit<ChatClientContext, "role"> {
  /** Words around each question; none unless given. */
  readonly format?: AnswerFormat | undefined;
}

/** A server under test, and its cost so far. */
export interface ChatRespondent extends Respondent {
  readonly spent: ChatSpending;
}

/**
 * A server under test. Requests of all calls share one limit of requests under way, one budget and one pause after 429.
 *
 * A problem that the server refuses fails its whole call, after the other problems of the call have been answered. A
 * caller that wants to keep their answers makes one call for each problem.
 */
export function chatRespondent(
  options: ChatModelOptions,
  { format = {}, ...context }: ChatRespondentContext = {},
): ChatRespondent {
  const client = new ChatClient(options, { ...context, role: "model" });
  const report = onceForEach(context.warn ?? (() => {}));
  const identity = identityOf(options);

  async function answered(
    problem: Problem,
    request: RespondRequest,
    signal: AbortSignal | undefined,
  ): Promise<Response[]> {
    const { samples, temperature, seed, system = format.system } = request;
    const messages = await problemMessages(problem, { ...format, system }, options.videos);
    const first = problemSeed(seed, problem);
    const responses: Response[] = [];
    // A server that leaves `n` out of account gives one answer a request.
    while (responses.length < samples) {
      const place = responses.length;
      const missing = samples - place;
      const own = place === 0 ? first : new Rng(first).fork(place).word() >>> 1;
      const fields = fieldsOf(options, request, { n: missing, seed: own });
      const answer = await client.chat({ messages, temperature, fields }, signal);
      const { got, unusual } = responsesOf(answer, missing);
      responses.push(...got);
      for (const reason of unusual) {
        report(reason, `${identity}: an answer ended with "${reason}"; it counts as it is`);
      }
    }
    return responses;
  }

  return {
    identity,
    isSeparate: true,
    check: (problem) => void problemConversation(problem, format),
    get spent() {
      return client.spent;
    },
    async respond(problems, request, signal) {
      signal?.throwIfAborted();
      const settled = await Promise.allSettled(problems.map((problem) => answered(problem, request, signal)));
      signal?.throwIfAborted();
      const failures = settled.flatMap((outcome, p) =>
        outcome.status === "rejected" ? [failureOf(outcome.reason, problems[p]!)] : [],
      );
      const failure = failures.find((error) => error instanceof PartError && error.isTotal) ?? failures[0];
      if (failure !== undefined) throw failure;
      return settled.map((outcome) => (outcome as PromiseFulfilledResult<Response[]>).value);
    },
  };
}

/** Fields of a request beside its messages and its temperature. */
function fieldsOf(
  options: ChatModelOptions,
  { topP, maxCompletionTokens }: RespondRequest,
  { n, seed }: { readonly n: number; readonly seed: number },
): Record<string, unknown> {
  return {
    [options.limitField]: maxCompletionTokens,
    ...(topP < 1 && { top_p: topP }),
    ...(n > 1 && { n }),
    ...(options.seed && { seed }),
    ...(options.logprobs && { logprobs: true }),
    ...(options.tokenIds && { return_token_ids: true }),
    ...options.fields,
  };
}

function identityOf({ name, model, url, fields }: ChatModelOptions): string {
  const whole = name ?? `${model} at ${url}`;
  return Object.keys(fields).length === 0 ? whole : `${whole} with ${JSON.stringify(fields)}`;
}

/** The error of one problem with its name; one of the whole server as it is. */
function failureOf(error: unknown, { id }: Problem): unknown {
  if (!(error instanceof PartError) || error.isTotal) return error;
  return new PartError(`problem ${id}: ${error.message}`, { cause: error });
}

/** Reports each thing once. */
function onceForEach(report: (message: string) => void): (thing: string, message: string) => void {
  const reported = new Set<string>();
  return (thing, message) => {
    if (reported.has(thing)) return;
    reported.add(thing);
    report(message);
  };
}
