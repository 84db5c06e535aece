import { defineTask, type Problem, z } from "fovea";

/** Problems drawn by code: which of two squares is brighter? */
export const brighter = defineTask({
  schema: z.strictObject({ side: z.int().min(28).default(56) }),
  create: ({ side }, { seed, evaluationSeed }) => {
    const source = (own: number) => ({
      fingerprint: `brighter side=${side} seed=${own}`,
      size: Number.POSITIVE_INFINITY,
      problem(index: number): Problem {
        const left = (index * 37 + own * 101) % 200;
        const right = (left + 1 + ((index * 91 + own * 53) % 199)) % 200; // never equal to left
        const square = (level: number) => ({
          width: side,
          height: side,
          data: new Uint8Array(side * side * 3).fill(level),
        });
        return {
          id: `brighter-${own}-${index}`,
          images: [square(left), square(right)],
          question: "Which is brighter, 1 or 2?",
          answers: [left > right ? "1" : "2"],
          columns: { left, right },
        };
      },
    });
    return { name: "brighter", train: source(seed), validation: source(evaluationSeed + 1_000) };
  },
});
