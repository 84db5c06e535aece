/**
 * @module
 * The judge: asks a language model whether a completion answers its problem.
 */
import { ChatClient, type ChatClientContext, type Message } from "../chat/index.ts";
import type { JudgeOptions } from "./options.ts";
import { judgePrompt } from "./prompts/registry.ts";
import type { Extraction } from "./prompts/replies.ts";
import { fillTemplate, placesOf, type TemplateValues } from "./prompts/template.ts";
import { type JudgeRecord, ReplyCache, replyKey } from "./reply-cache.ts";

/** The input of a judge, and the rule to compare it with. */
export interface JudgedCase {
  readonly question: string;
  /** Accepted answers. */
  readonly answers: readonly string[];
  readonly options?: readonly string[] | undefined;
  /** The whole completion. */
  readonly completion: string;
  /** The completion after its thought; null where the thought has no end. */
  readonly reply: string | null;
  /** The answer that the rule reads; null where there is none. */
  readonly extracted: string | null;
  /** The rule's score of the completion. */
  readonly rule: number | null;
  /** The rule's score of an answer that the judge has read out. */
  ruleOf(answer: string): number | null | Promise<number | null>;
}

export interface JudgeOutcome {
  readonly extracted: string | null;
  /** 0 to 1; null where the judge's reply is no verdict. */
  readonly score: number | null;
  readonly reason: string;
}

export type JudgeContext = Omit<ChatClientContext, "role">;

/** Undefined where another step decides. */
type Score = number | null | undefined;

/** One step of a prompt. */
interface Asking<Read> {
  readonly name: string;
  readonly step: "extract" | "decide";
  readonly system?: string | undefined;
  readonly text: string;
  readonly read: (reply: string) => Read | null;
  /** The score that is recorded with the reply. */
  readonly scoreOf: (said: Read | null) => Score | Promise<Score>;
}

const same = (score: number | null) => score;

const QUOTED = 80;

export class Judge {
  readonly #options: JudgeOptions;
  readonly #client: ChatClient;
  readonly #cache: ReplyCache;
  /** Pending requests, so that equal requests are sent once. */
  readonly #underWay = new Map<
    string,
    { readonly reply: Promise<string>; readonly signal: AbortSignal | undefined }
  >();

  constructor(options: JudgeOptions, context: JudgeContext = {}) {
    this.#options = options;
    this.#client = new ChatClient(options, { ...context, role: "judge" });
    this.#cache = new ReplyCache(options.cache);
  }

  /**
   * The judge's verdict.
   *
   * @throws PartError when the server gives no answer, RunError when the cache cannot be used
   * @throws the signal's reason when it is aborted
   */
  async judge(judged: JudgedCase, signal?: AbortSignal): Promise<JudgeOutcome> {
    const prompt = judgePrompt(this.#options.prompt);
    let { extracted } = judged;
    const asked = [prompt.extract, prompt.decide].flatMap((step) =>
      step === undefined ? [] : [...placesOf(step.text)],
    );
    if (asked.includes("answers") && judged.answers.length === 0) {
      return { extracted, score: null, reason: "no accepted answer" };
    }
    const isEmpty = (judged.reply ?? "").trim() === "";
    if (isEmpty && !asked.includes("completion")) return { extracted, score: 0, reason: "no answer" };

    if (prompt.extract !== undefined) {
      const isLast = prompt.decide === undefined;
      const scoreOf = (found: Extraction | null): Score | Promise<Score> => {
        if (found === null) return null;
        if (found.answer === null) return 0;
        return isLast ? judged.ruleOf(found.answer) : undefined;
      };
      const asking = { name: prompt.name, step: "extract", ...prompt.extract, scoreOf } as const;
      const { reply, said } = await this.#ask(asking, judged, extracted, signal);
      if (said === null) return { extracted: null, score: null, reason: unread("an answer", reply) };
      extracted = said.answer;
      if (extracted === null) return { extracted, score: 0, reason: "no answer, by the judge" };
      const score = await scoreOf(said);
      if (score !== undefined)
        return outcome(extracted, score, "the judge reads the answer, a rule compares");
    }
    const asking = { name: prompt.name, step: "decide", ...prompt.decide!, scoreOf: same } as const;
    const { reply, said } = await this.#ask(asking, judged, extracted, signal);
    if (said === null) return { extracted, score: null, reason: unread("a verdict", reply) };
    return outcome(extracted, said, "by the judge");
  }

  async #ask<Read>(
    { name, step, system, text, read, scoreOf }: Asking<Read>,
    judged: JudgedCase,
    extracted: string | null,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly reply: string; readonly said: Read | null }> {
    const messages: Message[] = [
      ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
      { role: "user", content: fillTemplate(text, valuesOf(judged, extracted)) },
    ];
    const reply = await this.#reply(messages, signal, async (given) => {
      const score = await scoreOf(read(given));
      const { question, answers, rule } = judged;
      const facts = { prompt: name, step, question, answers, extracted, rule };
      return { ...facts, ...(score !== undefined && { score }) };
    });
    return { reply, said: read(reply) };
  }

  async #reply(
    messages: readonly Message[],
    signal: AbortSignal | undefined,
    factsOf: (reply: string) => Promise<Omit<JudgeRecord, "key" | "model" | "reply">>,
  ): Promise<string> {
    const { model, temperature, maxTokens } = this.#options;
    const key = replyKey({ model, messages, temperature, maxTokens });
    const known = this.#cache.get(key);
    if (known !== undefined) return known;
    const other = this.#underWay.get(key);
    if (other !== undefined) {
      try {
        return await other.reply;
      } catch (error) {
        // The caller that sent the request gave it up, this one did not.
        if (other.signal?.aborted !== true || signal?.aborted === true) throw error;
        return this.#reply(messages, signal, factsOf);
      }
    }
    const request = { messages, temperature, fields: { max_tokens: maxTokens } };
    const asked = this.#client.chat(request, signal).then(async ({ choices, served, usage }) => {
      const reply = choices[0]!.text;
      const tokens = usage && usage.prompt + usage.completion;
      const facts = await factsOf(reply);
      this.#cache.add({ key, model, served, ...facts, reply, tokens });
      return reply;
    });
    this.#underWay.set(key, { reply: asked, signal });
    try {
      return await asked;
    } finally {
      this.#underWay.delete(key);
    }
  }
}

const OPTION = (text: string, place: number) => `${String.fromCharCode(65 + place)}. ${text}`;

function valuesOf(judged: JudgedCase, extracted: string | null): TemplateValues {
  const { question, answers, options = [], completion, reply } = judged;
  return {
    question,
    answers: answers.join("\n"),
    options: options.map(OPTION).join("\n") || "none",
    completion,
    reply: reply ?? "",
    extracted: extracted ?? "none",
  };
}

function outcome(extracted: string | null, score: number | null, by: string): JudgeOutcome {
  const said = score === null ? "unknown" : score === 1 ? "right" : score === 0 ? "wrong" : `score ${score}`;
  return { extracted, score, reason: `${said}: ${by}` };
}

function unread(expected: string, reply: string): string {
  const line = reply.replaceAll(/\s+/g, " ").trim();
  return `expected ${expected} of the judge, got ${line === "" ? "nothing" : JSON.stringify(line.slice(0, QUOTED))}`;
}
