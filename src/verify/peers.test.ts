import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { equivalent } from "./equivalent.ts";
import { extractAnswer } from "./extract-answer.ts";
import { answerVerdict } from "./verdicts/answer.ts";

function rowsOf<Row>(name: string): Row[] {
  const text = readFileSync(new URL(`../../fixtures/verify/${name}.jsonl`, import.meta.url), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}

interface PeerRow {
  readonly gold: string;
  readonly given: string;
  readonly mode: "equivalent" | "completion";
  readonly expected: boolean;
  readonly policy?: string;
  readonly options?: readonly string[];
}

function isRight({ given, gold, mode }: PeerRow): boolean {
  const answer = mode === "completion" ? extractAnswer(given) : given;
  return answer !== null && equivalent(answer, gold);
}

/** The share of rows that agree with what is expected, and the rows that are accepted and should not be. */
function agreement(
  rows: readonly PeerRow[],
  accepts: (row: PeerRow) => boolean = isRight,
): { share: number; wrongAccepts: PeerRow[] } {
  const judged = rows.map((row) => ({ row, accepted: accepts(row) }));
  return {
    share: judged.filter(({ row, accepted }) => row.expected === accepted).length / rows.length,
    wrongAccepts: judged.filter(({ row, accepted }) => accepted && !row.expected).map(({ row }) => row),
  };
}

describe("test cases of other tools", () => {
  test("at least 98 % of the cases that are not a matter of choice agree, and none is accepted wrongly", () => {
    const rows = rowsOf<PeerRow>("answers-peers").filter(({ policy }) => policy === undefined);
    expect(rows).toHaveLength(740);
    const { share, wrongAccepts } = agreement(rows);
    expect(wrongAccepts).toEqual([]);
    expect(share).toBeGreaterThanOrEqual(0.98);
  });

  test("equivalence is symmetric on all of them", () => {
    const asymmetric = rowsOf<PeerRow>("answers-peers").filter(
      ({ given, gold, mode }) => mode === "equivalent" && equivalent(given, gold) !== equivalent(gold, given),
    );
    expect(asymmetric).toEqual([]);
  });

  test("replies to MMMU with their options: no wrong accept, and at least 99.8 % agree", () => {
    const rows = rowsOf<PeerRow>("options-mmmu");
    expect(rows).toHaveLength(1530);
    expect(rows.filter(({ options }) => options !== undefined)).toHaveLength(1435);
    const judged = agreement(rows, ({ given, gold, options }) => {
      const problem = { question: "", answers: [gold], columns: {}, ...(options && { options }) };
      return answerVerdict().judge(given, problem).score === 1;
    });
    expect(judged.wrongAccepts).toEqual([]);
    expect(judged.share).toBeGreaterThanOrEqual(0.998);
  });

  test("the same without options, which 27 of them are answered in the words of", () => {
    const judged = agreement(rowsOf<PeerRow>("options-mmmu"));
    expect(judged.wrongAccepts).toEqual([]);
    expect(judged.share).toBeGreaterThanOrEqual(1503 / 1530);
  });
});

interface ReportRow {
  readonly given?: string;
  readonly completion?: string;
  readonly reference: string;
  readonly expected: boolean | number;
  readonly kind: string;
}

test.each(rowsOf<ReportRow>("reports").map((row): [string, ReportRow] => [JSON.stringify(row), row]))(
  "from a public report: %s",
  (_, { given, completion, reference, expected }) => {
    const answer = completion === undefined ? (given ?? null) : extractAnswer(completion);
    expect(answer !== null && equivalent(answer, reference)).toBe(Boolean(expected));
  },
);

test("no hostile completion is accepted", () => {
  const rows = rowsOf<{
    readonly completion: string;
    readonly reference: string;
    readonly options?: readonly string[];
    readonly kind: string;
  }>("hostile");
  expect(rows.length).toBeGreaterThan(900);
  const accepted = rows.filter(({ completion, reference, options }) => {
    const problem = { question: "", answers: [reference], columns: {}, ...(options && { options }) };
    return answerVerdict().judge(completion, problem).score !== 0;
  });
  expect(accepted).toEqual([]);
});
