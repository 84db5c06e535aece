import { accuracy, accuracyBy, defineBenchmark, equivalent, extractAnswer, type Problem, z } from "fovea";

const SIDE = 84;

/** Pictures of one to nine bright lines: how many? Reported for few and many lines. */
export const counting = defineBenchmark({
  schema: z.strictObject({ problems: z.int().min(1).default(100) }),
  create({ problems }, { seed }) {
    const problem = (index: number): Problem => {
      const count = 1 + ((index * 7 + seed) % 9);
      const data = new Uint8Array(SIDE * SIDE * 3);
      for (let line = 0; line < count; line++) data.fill(255, line * 9 * SIDE * 3, (line * 9 + 3) * SIDE * 3);
      return {
        id: `lines-${index}`,
        images: [{ width: SIDE, height: SIDE, data }],
        question: "How many lines are there? Answer with a number.",
        answers: [String(count)],
        kind: count < 5 ? "few" : "many",
        columns: {},
      };
    };
    return {
      name: "counting",
      source: { fingerprint: `counting problems=${problems} seed=${seed}`, size: problems, problem },
      verdict: {
        name: "count",
        judge(text, { answers: [right = ""] }) {
          const extracted = extractAnswer(text);
          const score = extracted !== null && equivalent(extracted, right) ? 1 : 0;
          return { extracted, score, reason: score === 1 ? "right count" : "wrong count" };
        },
      },
      measures: (answers) => [accuracy(answers), ...accuracyBy(answers, ({ kind }) => kind)],
    };
  },
});
