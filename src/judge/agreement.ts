/**
 * @module
 * How far a judge agrees with the rule verdict on the same completions.
 */
import { cohensKappa } from "../math/index.ts";
import { type JudgeRecord, judgeRecords } from "./reply-cache.ts";

/** Agreement of a judge with the rule verdict. */
export interface Agreement {
  /** Completions that both judged. */
  readonly judged: number;
  /** Share of them that both judged alike; 0 without any. */
  readonly alike: number;
  /** Cohen's kappa; null where it is not defined (`cohensKappa`). */
  readonly kappa: number | null;
}

const category = (score: number) => (score >= 0.5 ? "right" : "wrong");

/**
 * Agreement of two scores in [0, 1], each right from 0.5 on.
 *
 * @param pairs scores of judge and rule; pairs with a null are left out
 */
export function agreementOf(pairs: readonly (readonly [number | null, number | null])[]): Agreement {
  const both = pairs.flatMap(([judge, rule]) =>
    judge === null || rule === null ? [] : [[category(judge), category(rule)] as const],
  );
  const alike = both.filter(([judge, rule]) => judge === rule).length;
  return {
    judged: both.length,
    alike: both.length === 0 ? 0 : alike / both.length,
    kappa: cohensKappa(
      both.map(([judge]) => judge),
      both.map(([, rule]) => rule),
    ),
  };
}

/** The agreement of every judging model and prompt in a cache directory, in order of their first replies. */
export function recordedAgreement(
  directory: string,
): readonly (Agreement & { readonly model: string; readonly prompt: string })[] {
  const groups = new Map<string, JudgeRecord[]>();
  for (const record of judgeRecords(directory)) {
    if (record.score === undefined) continue;
    const key = JSON.stringify([record.model, record.prompt]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  return [...groups.values()].map((records) => ({
    model: records[0]!.model,
    prompt: records[0]!.prompt,
    ...agreementOf(records.map(({ score = null, rule = null }) => [score, rule])),
  }));
}
