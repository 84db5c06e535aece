import { expect, test } from "vitest";
import { PartError } from "../errors/index.ts";
import { checkedVerdict } from "./checked-verdict.ts";
import { isRight, type JudgedProblem, type Judgement } from "./verdict.ts";

const problem: JudgedProblem = { question: "How many?", answers: ["3"], columns: {} };
const judgement: Judgement = { extracted: "3", score: 1, reason: "right answer" };

/** The judgement of a verdict that is given by its one function. */
const judged = (judge: () => unknown, about = problem, signal?: AbortSignal) =>
  checkedVerdict({ name: "mine", judge: judge as () => Judgement }, "verdict mine", 40).judge(
    "3",
    about,
    signal,
  );

test.each<[string, Judgement]>([
  ["right", judgement],
  ["no answer", { extracted: null, score: 0, reason: "no answer" }],
  ["no judgement", { extracted: "3", score: null, reason: "no accepted answer" }],
  ["in part", { extracted: "3", score: 0.5, reason: "score 0.500" }],
])("a judgement passes as it is: %s", async (_, one) => {
  expect(await judged(() => one)).toBe(one);
  expect(await judged(async () => one)).toBe(one);
  expect(checkedVerdict({ name: "mine", judge: () => one }, "here", 40).name).toBe("mine");
});

test.each<[string, unknown, string]>([
  ["a score above 1", { ...judgement, score: 1.1 }, '{"extracted":"3","score":1.1,"reason":"right answer"}'],
  ["a score below 0", { ...judgement, score: -0.1 }, '"score":-0.1'],
  ["no reason", { extracted: "3", score: 1 }, '{"extracted":"3","score":1}'],
  ["an answer that is no text", { ...judgement, extracted: 3 }, '"extracted":3'],
  ["nothing", undefined, "got nothing (problem "],
])("%s is a fault that names the verdict and the problem", async (_, given, got) => {
  const fault = judged(() => given);
  await expect(fault).rejects.toThrow(PartError);
  await expect(fault).rejects.toThrow("verdict mine: expected { extracted: text or null");
  await expect(fault).rejects.toThrow(got);
  await expect(fault).rejects.toThrow('(problem "How many?")');
});

test("a problem is named by its id, else by the beginning of its question", async () => {
  const withId = { ...problem, id: "p-7" };
  await expect(judged(() => 1, withId)).rejects.toThrow(/\(problem p-7\)$/);
  const long = { ...problem, question: "x".repeat(500), id: 7 };
  await expect(judged(() => 1, long)).rejects.toThrow(/\(problem "x{120}"\)$/);
});

test("what a judgement is not is quoted up to 120 characters", async () => {
  await expect(judged(() => "y".repeat(500))).rejects.toThrow(/got "y{119} \(problem/);
});

test("an error of the verdict is its cause, and one of Fovea passes as it is", async () => {
  const cause = new TypeError("no such column");
  const thrown = (error: Error) =>
    judged(() => {
      throw error;
    });
  await expect(thrown(cause)).rejects.toThrow('verdict mine: no such column (problem "How many?")');
  await expect(thrown(cause)).rejects.toMatchObject({ cause });
  const own = new PartError("own");
  await expect(thrown(own)).rejects.toBe(own);
});

test("a verdict that does not end is a fault, and an aborted one ends with the reason", async () => {
  const never = () => new Promise(() => {});
  await expect(judged(never)).rejects.toThrow("verdict mine: did not end within 0.04 s");
  const reason = new Error("stopped");
  await expect(judged(never, problem, AbortSignal.abort(reason))).rejects.toBe(reason);
});

test("only a score of 1 is right", () => {
  expect([1, 0.999, 0, null].map((score) => isRight({ ...judgement, score }))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
