import { describe, expect, test } from "vitest";
import { allProblems, judgedRound, openRecorded, recordedRounds } from "../testing/benchmark-rounds.ts";

const RECORDED = [
  "chartqa",
  "docvqa",
  "infovqa",
  "textvqa",
  "vqav2",
  "vsi-bench",
  "mmvu",
  "video-mmmu",
  "chartqapro",
  "chartmimic",
  "mega-bench",
];

/** Made-up predictions that VLMEvalKit, lmms-eval and authors' code scored, answer by answer and in aggregate. */
describe.each(RECORDED)("%s", (kind) => {
  test.each(recordedRounds(kind))("is scored as by $by", async (recorded) => {
    const benchmark = await openRecorded(kind, recorded);
    const problems = await allProblems(benchmark);
    let answered = 0;
    for (const { predictions, scores, measures } of recorded.rounds) {
      expect(problems).toHaveLength(predictions.length);
      const answers = await judgedRound(benchmark, problems, predictions);
      for (const [i, { text, problem, score }] of answers.entries()) {
        const where = `row ${i}: ${JSON.stringify([text, problem.answers])}`;
        const theirs = scores[i]!;
        if (theirs === null) expect(score, where).toBeNull();
        else expect(score, where).toBeCloseTo(theirs, 9);
      }
      const ours = Object.fromEntries(benchmark.measures(answers).map(({ name, value }) => [name, value]));
      for (const [name, value] of Object.entries(measures)) expect(ours[name], name).toBeCloseTo(value, 9);
      answered += answers.length;
    }
    expect(answered).toBeGreaterThanOrEqual(200);
  });
});
