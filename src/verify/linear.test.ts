import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

/** Work done, counted instead of timed: visits of trees' parts, and characters that patterns pass over. */
const work = { visits: 0, characters: 0 };

vi.mock("./equivalence/tree.ts", async (importOriginal) => {
  const tree = await importOriginal<typeof import("./equivalence/tree.ts")>();
  const some: typeof tree.some = (root, is) =>
    tree.some(root, (part) => {
      work.visits++;
      return is(part);
    });
  const children: typeof tree.children = (root) => {
    work.visits++;
    return tree.children(root);
  };
  const byKind: typeof tree.byKind = (cases, root, context) => {
    work.visits++;
    return tree.byKind(cases, root, context);
  };
  return { ...tree, some, children, byKind };
});

const { equivalent } = await import("./equivalent.ts");
const { answerVerdict } = await import("./verdicts/answer.ts");

const exec: (this: RegExp, text: string) => RegExpExecArray | null = Object.getOwnPropertyDescriptor(
  RegExp.prototype,
  "exec",
)!.value;

/** Counts how far a pattern goes, for every caller: every method of strings and patterns ends here. */
function countedExec(this: RegExp, text: string): RegExpExecArray | null {
  const from = this.global || this.sticky ? this.lastIndex : 0;
  const match = exec.call(this, text);
  const isAnchored = this.sticky || this.source.startsWith("^");
  const end = match === null ? (isAnchored ? from + 1 : text.length) : match.index + match[0].length;
  work.characters += end - from + 1;
  return match;
}

beforeEach(() => {
  RegExp.prototype.exec = countedExec;
});
afterEach(() => {
  RegExp.prototype.exec = exec;
});

function workOf(run: () => void): number {
  work.visits = 0;
  work.characters = 0;
  run();
  return work.visits + work.characters;
}

const PIECES =
  "1|1,|1 |\\boxed{1} |\\boxed{|<answer>|{|(A) |A or |$1$ |\\(1\\)|**|^|9^|5!|\\frac12|\\frac{1}{2}+|\\sqrt{|(|1±|±|∓x|x+|x-|2x|xy|-|<think></think>|The answer is 5. |Answer: A\n|答案：5。|页|1 or |5 cm |5%|(1,2),|{1,2},|\\sin|\\sin x|\\pi|\\mu|a_|a_1|f(|f(x)|word |1/|x/|:|1:|=|x=1,|x=|∪|[1,2]∪|\\begin{pmatrix}|\\begin{pmatrix}1\\end{pmatrix}|&|\\\\|\\text{|\\text{a}|\\left(|°|'|!|m*|\"|`|\n|?|yes, |not |maybe ".split(
    "|",
  );
const piece = fc.constantFrom(...PIECES);
/** One to three pieces, to be said over and over. */
const unit = fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(""));
const repeated = (text: string, length: number) =>
  text.repeat(Math.ceil(length / text.length)).slice(0, length);
const problem = { question: "", answers: ["B"], options: ["one", "two"], columns: {} };

describe("work is bounded by the length of the text", () => {
  test("for two answers up to the length at which they are read", () => {
    fc.assert(
      fc.property(unit, fc.constantFrom(500, 1000, 2000), (text, length) => {
        const long = repeated(text, length);
        const work = workOf(() => {
          equivalent(long, `${long.slice(0, -1)}7`);
          equivalent(`${long.slice(1)}x`, `${long.slice(1)}y`);
        });
        expect(work).toBeLessThan(600 * length);
      }),
      { numRuns: 600, examples: [["=1:∓x", 500]] },
    );
  });

  test("for a completion up to the windows that are searched, and next to nothing beyond them", () => {
    fc.assert(
      fc.property(unit, fc.constantFrom(1000, 6000, 100_000, 200_000), (text, length) => {
        const long = repeated(text, length);
        const work = workOf(() => {
          answerVerdict().judge(long, problem);
        });
        expect(work).toBeLessThan(60 * Math.min(length, 6000) + 20 * length);
      }),
      { numRuns: 200 },
    );
  });
});
