/**
 * @module
 * A check of references by the verdict itself. If the verdict rejects a reference as an answer to its own
 * problem, no completion can equal it, and every reward is 0.
 */
import { DataError } from "../../errors/index.ts";
import type { Problem } from "../problem.ts";
import type { FileSource, StatedRow } from "./file-source.ts";
import { plainRow } from "./plain-row.ts";

/** The parts of a problem that a verdict reads. */
type Judged = Pick<Problem, "question" | "answers" | "options" | "columns">;

/** A verdict on a text: see `Verdict` of `fovea/verify`, which has this type. */
export interface ReferenceVerdict {
  readonly name: string;
  judge(text: string, problem: Judged): ReferenceJudgement | Promise<ReferenceJudgement>;
}

/** A verdict's judgement of a reference. */
export interface ReferenceJudgement {
  /** The answer that it reads out of the text; null where it reads none. */
  readonly extracted: string | null;
  /** 1 where it is right. */
  readonly score: number | null;
  readonly reason: string;
}

/** A reference as its verdict sees it. */
export interface JudgedReference extends ReferenceJudgement {
  /** The text that was judged. */
  readonly text: string;
  /** Whether some completion can be right: the reference itself is, bare or in answer marks. */
  readonly isReachable: boolean;
}

/**
 * Judges a problem's accepted answers as completions, each as it is and in `<answer>` marks, until one is right.
 *
 * @returns the one that is right, else the first in marks
 */
export async function judgeReference(problem: Judged, verdict: ReferenceVerdict): Promise<JudgedReference> {
  const texts = problem.answers.flatMap((answer) => [answer, `<answer>${answer}</answer>`]);
  const all: JudgedReference[] = [];
  for (const text of texts) {
    const { extracted, score, reason } = await verdict.judge(text, problem);
    const judged = { extracted, score, reason, text, isReachable: score === 1 };
    if (judged.isReachable) return judged;
    all.push(judged);
  }
  return (
    all[1] ?? { extracted: null, score: null, reason: "no accepted answer", text: "", isReachable: false }
  );
}

/** The problem of a row without pixels, as a verdict reads it. */
export function judgedProblem({ row, stated: { question, answers, options } }: StatedRow): Judged {
  return { question, answers, ...(options && { options }), columns: plainRow(row) };
}

/** The result of judging the references of the first rows. */
export interface ReferenceProbe {
  /** Rows that were whole. */
  readonly judged: number;
  /** Of these, references that no completion can equal. */
  readonly unreachable: number;
  /** The first of them. */
  readonly example?: { readonly place: string; readonly reference: string; readonly reason: string };
}

/**
 * Judges the references of the first rows, without reading pixels; broken rows are passed over.
 *
 * @param rows how many are looked at
 */
export async function probeReferences(
  source: FileSource,
  verdict: ReferenceVerdict,
  rows = 64,
): Promise<ReferenceProbe> {
  let [judged, unreachable] = [0, 0];
  let example: ReferenceProbe["example"];
  for (let index = 0; index < Math.min(rows, source.size); index++) {
    const row = await source.stated(index).catch((error: unknown) => {
      if (error instanceof DataError) return undefined;
      throw error;
    });
    if (row === undefined) continue;
    const reference = await judgeReference(judgedProblem(row), verdict);
    judged += 1;
    if (reference.isReachable) continue;
    unreachable += 1;
    example ??= {
      place: source.place(index),
      reference: row.stated.answers[0] ?? "",
      reason: reference.reason,
    };
  }
  return { judged, unreachable, ...(example && { example }) };
}
