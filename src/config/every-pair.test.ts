import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { creditSchema } from "../credit/index.ts";
import { ConfigError } from "../errors/index.ts";
import { algorithmSchema } from "../objective/index.ts";
import { digitsFakeEngine } from "../testing/tiny-run.ts";
import { tinyTraining } from "../testing/tiny-training.ts";
import { runIteration } from "../train/iteration/iteration.ts";

const TINY = ["train.reportKlEvery=0", "train.minibatches=2", "train.promptsPerIteration=4"];
const credits = creditSchema.options.map(({ shape }) => shape.kind.value);
/** Every objective by name, with the flags that ask for it. */
const objectives: readonly (readonly [string, readonly string[]])[] = [
  ...algorithmSchema.options.map(({ shape }) => {
    const kind = shape.kind.value;
    return [kind, [`algorithm=${kind}`]] as const;
  }),
  ["gspo, form sequence", ["algorithm=gspo", "algorithm.form=sequence"]],
  ["ppo, baseline values", ["algorithm=ppo", "algorithm.baseline=values"]],
];

describe("every objective trains with every credit method, or says why not", () => {
  test.each(objectives)("%s", async (objective, flags) => {
    for (const credit of credits) {
      let run: ReturnType<typeof tinyTraining>;
      try {
        run = tinyTraining(digitsFakeEngine(), ...TINY, ...flags, `credit=${credit}`);
        await run.training.engine.setReference();
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        expect(["dpo", "gspo, form sequence"]).toContain(objective);
        continue;
      }
      // Two minibatches; `npm run every-pair` trains each pair for three iterations on the local engine.
      const { metrics, steps } = await runIteration(run.training, run.progress, 1);
      expect(new Set(steps.map(({ applied }) => applied))).toEqual(new Set([true]));
      expect(wrongNumbers(metrics), `${objective} with ${credit}`).toEqual([]);
    }
  });

  test("and docs/every-pair.md has the row of each; npm run every-pair rewrites it", () => {
    const page = readFileSync(new URL("../../docs/every-pair.md", import.meta.url), "utf8");
    const [, pairs = ""] = page.split(/^## Pairs$/m);
    const rows = [...pairs.split("## ")[0]!.matchAll(/^\| ([a-z][\w ,-]*) \| ([\w-]+) \|/gm)].map(
      ([, objective, credit]) => `${objective} with ${credit}`,
    );
    const expected = objectives.flatMap(([name]) => credits.map((credit) => `${name} with ${credit}`));
    expect(rows.filter((row) => row !== "objective with credit").sort()).toEqual(expected.sort());
  });
});

/** Names of the numbers that are not finite. */
function wrongNumbers(metrics: object): string[] {
  return Object.entries(metrics).flatMap(([name, value]) => {
    if (typeof value === "object" && value !== null) return wrongNumbers(value);
    return typeof value === "number" && !Number.isFinite(value) ? [name] : [];
  });
}
