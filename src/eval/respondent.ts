/**
 * @module
 * The interface of a model under test: from problems to answers. An engine with its dialogue implements it, and so does
 * a server of chat completions (`chat-respondent.ts`).
 */
import type { Problem } from "../data/index.ts";
import { type Engine, type StopReason, sampledGroups } from "../engine/index.ts";
import { Rng } from "../math/index.ts";
import type { Dialogue } from "./dialogue.ts";

/** One answer of the model under test. */
export interface Response {
  readonly text: string;
  /** `[T]` ids, the stop token included; absent if a server does not return them. */
  readonly tokens?: Int32Array;
  /**
   * The stop token included. The mean if a server reports only the sum over a problem's answers; absent if a server
   * does not report it.
   */
  readonly completionTokens?: number;
  /** Image tokens included; absent if a server does not report them. */
  readonly promptTokens?: number;
  readonly stopReason: StopReason;
  /** `[T]` nats. */
  readonly logprobs?: Float64Array;
}

/** How problems are to be answered. */
export interface RespondRequest {
  /** Answers a problem. */
  readonly samples: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly maxCompletionTokens: number;
  readonly seed: number;
  /** System message; that of the prompt format unless given. */
  readonly system?: string;
}

/** A model under test: an engine with its dialogue, or a server. */
export interface Respondent {
  /** Recorded with every answer: identifies the model of the answer. */
  readonly identity: string;
  /** Makes prompts, so that problems beyond the limits are left out beforehand; absent where a server makes them. */
  readonly dialogue?: Pick<Dialogue, "prompt" | "promptTokens">;
  /**
   * Where a server makes prompts: whether the problem can be asked at all.
   *
   * @throws DataError when it cannot, so that its row is broken
   */
  check?(problem: Problem): void;
  /** Whether each problem is a request of its own: then problems are asked in calls of their own, and none waits for others. */
  readonly isSeparate?: boolean;
  /**
   * Answers of every problem, `[P][samples]`. With an engine they depend on the seed and on the problem, not on the
   * problems beside it. So an evaluation in other batches, or one that continues after a stop, has the same answers.
   *
   * @throws PartError when a server fails; of the whole server with `isTotal`, else of one of these problems
   * @throws the signal's reason when it is aborted
   */
  respond(problems: readonly Problem[], request: RespondRequest, signal?: AbortSignal): Promise<Response[][]>;
}

/** The seed of a problem's answers: 31 bits, as every server takes them. */
export function problemSeed(seed: number, { id }: Pick<Problem, "id">): number {
  return new Rng(seed).fork(id).word() >>> 1;
}

/**
 * An engine under test. It samples all problems of a call in one batch.
 *
 * @param identity what was opened: the model and its weights
 */
export function engineRespondent(engine: Engine, dialogue: Dialogue, identity: string): Respondent {
  return {
    identity,
    dialogue,
    async respond(problems, request, signal) {
      signal?.throwIfAborted();
      const { samples, temperature, topP, maxCompletionTokens, seed, system } = request;
      const prompts = problems.map((problem) => dialogue.prompt(problem, { system }));
      const groups = await sampledGroups(engine, {
        prompts,
        groupSize: samples,
        maxCompletionTokens,
        temperature,
        topP,
        topK: 0,
        stopTokens: dialogue.stopTokens,
        seed: problems.map((problem) => problemSeed(seed, problem)),
      });
      signal?.throwIfAborted();
      return groups.map((group, p) => {
        const promptTokens = dialogue.promptTokens(prompts[p]!);
        return group.map(({ tokens, logprobs, stopReason }) => ({
          text: dialogue.text(tokens),
          tokens,
          completionTokens: tokens.length,
          promptTokens,
          stopReason,
          logprobs,
        }));
      });
    },
  };
}
