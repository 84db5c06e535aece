/**
 * @module
 * An answer as far as it has come, and what the functions that train make of its attention: masses, shifts and
 * DyCo-RL's roles. Nothing here knows of the page.
 */
import { attentionSignals, KEY_KIND } from "../../../src/credit/attention-signals.ts";
import { dycoRl } from "../../../src/credit/methods/dyco-rl/dyco-rl.ts";
import type { DycoRlCredit } from "../../../src/credit/methods/dyco-rl/token-role.ts";
import { overPicture } from "../../../src/model/token-grid.ts";
import type { FromWorker, ReadPrompt, StopReason, TakenToken } from "./ask-message.ts";

export interface LiveAnswer {
  readonly question: string;
  readonly prompt: ReadPrompt | undefined;
  readonly tokens: readonly TakenToken[];
  /** Own rows of the first tokens; the newest token's comes once it has been fed. */
  readonly rows: readonly Float32Array[];
  readonly stopReason: StopReason | undefined;
  readonly msPerToken: number | undefined;
  readonly trouble: string;
}

export function emptyAnswer(question: string): LiveAnswer {
  return {
    question,
    prompt: undefined,
    tokens: [],
    rows: [],
    stopReason: undefined,
    msPerToken: undefined,
    trouble: "",
  };
}

/** The answer after one more message. */
export function grown(answer: LiveAnswer, message: FromWorker): LiveAnswer {
  switch (message.kind) {
    case "prompt":
      return { ...answer, prompt: message.prompt };
    case "token":
      return { ...answer, tokens: [...answer.tokens, message.token] };
    case "row":
      return { ...answer, rows: [...answer.rows, message.row] };
    case "done":
      return { ...answer, stopReason: message.stopReason, msPerToken: message.msPerToken };
    case "failed":
      return { ...answer, trouble: message.message, stopReason: "stopped" };
    case "progress":
    case "opened":
      return answer;
  }
}

/** Signals and roles of the tokens whose rows have come. */
export interface LiveRoles extends DycoRlCredit {
  readonly visualMass: Float64Array;
  readonly textMass: Float64Array;
  readonly visualShift: Float64Array;
  readonly textShift: Float64Array;
}

/**
 * DyCo-RL's roles of an answer so far; undefined if there is no attention.
 *
 * @param threshold τ of the roles; the method's own unless given
 */
export function liveRoles({ prompt, rows }: LiveAnswer, threshold?: number): LiveRoles | undefined {
  if (prompt === undefined || rows.length === 0) return undefined;
  const first = prompt.imageIndex.length;
  const keys = first + rows.length;
  const padded = new Float32Array(rows.length * keys);
  rows.forEach((row, t) => {
    padded.set(row, t * keys);
  });
  const kind = new Uint8Array(keys).fill(KEY_KIND.text);
  prompt.imageIndex.forEach((image, key) => {
    if (image >= 0) kind[key] = KEY_KIND.visual;
  });
  const signals = attentionSignals(padded, { tokens: rows.length, keys }, kind, first);
  return { ...signals, ...dycoRl(signals, threshold === undefined ? {} : { threshold }) };
}

/** A token's attention on each picture; empty where it has none yet. */
export function pictureAttention(
  { prompt, rows }: LiveAnswer,
  token: number | undefined,
): { readonly rows: number; readonly columns: number; readonly values: readonly number[] }[] {
  const row = token === undefined ? undefined : rows[token];
  if (row === undefined || prompt === undefined) return [];
  return prompt.grids.map((grid, picture) =>
    overPicture(
      Array.from(row).filter((_, key) => prompt.imageIndex[key] === picture),
      grid,
    ),
  );
}
