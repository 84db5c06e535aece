/**
 * @module
 * A benchmark and a model made up for tests of evaluation: sums of two digits, and a model that answers some of them right.
 */
import { accuracy, accuracyBy, type Benchmark } from "../benchmark/index.ts";
import type { ProblemSource } from "../data/index.ts";
import { DataError } from "../errors/index.ts";
import type { Protocol, Respondent } from "../eval/index.ts";
import { createVerdict, verdictSchema } from "../verify/index.ts";

/** Greedy, one answer a problem. */
export const GREEDY: Protocol = {
  samples: 1,
  temperature: 0,
  topP: 1,
  maxCompletionTokens: 8,
  promptTemplates: 1,
  seed: 0,
};

/** Problem i asks i + 1 and a digit; every `broken`-th row, if any, cannot be read. */
export function sums(
  size: number,
  broken = Infinity,
): Omit<Benchmark, "source"> & { readonly source: ProblemSource } {
  return {
    name: "sums",
    source: {
      fingerprint: `sums ${size}`,
      size,
      problem(index) {
        if ((index + 1) % broken === 0) throw new DataError(`sums row ${index}: is broken`);
        const digit = index % 7;
        return {
          id: `sum-${index}`,
          images: [],
          question: `${index + 1} + ${digit} = ?`,
          answers: [String(index + 1 + digit)],
          kind: index % 2 === 0 ? "even" : "odd",
          columns: { digit },
        };
      },
    },
    verdict: createVerdict(verdictSchema.parse({ kind: "numeric" })),
    measures: (answers) => [accuracy(answers), ...accuracyBy(answers, ({ kind }) => kind)],
  };
}

/** Adds rightly where the sum is not divisible by three; the sample's number is in the text. */
export function adder(options: { readonly onCall?: (problems: number) => void } = {}): Respondent {
  return {
    identity: "adder",
    respond: async (problems, { samples }) => {
      options.onCall?.(problems.length);
      return problems.map(({ answers }) => {
        const sum = Number(answers[0]);
        const said = sum % 3 === 0 ? sum + 1 : sum;
        return Array.from({ length: samples }, (_, sample) => ({
          text: `answer ${sample}: <answer>${said}</answer>`,
          completionTokens: 5,
          promptTokens: 9,
          stopReason: "stop" as const,
        }));
      });
    },
  };
}
