import { expect, test } from "vitest";
import { benchmarkSchema, createBenchmark } from "../../benchmark/index.ts";
import { configSchema } from "../schema.ts";
import { evaluationVerdict } from "./open-benchmarks.ts";

/** The recorded name of a judge beside ChartQA's rule. */
async function nameOf(judge: Readonly<Record<string, unknown>>, scorer = "authors") {
  const benchmark = await createBenchmark(benchmarkSchema.parse({ kind: "chartqa", scorer }), {
    data: undefined,
    seed: 0,
  });
  const config = configSchema.parse({
    evaluation: { judge: { url: "http://127.0.0.1:9/v1", model: "m", ...judge } },
  });
  return evaluationVerdict(config, benchmark).name;
}

test("the name of a judged verdict has all that changes a decision", async () => {
  const own = (text: string) => ({ prompt: { text } });
  const names = await Promise.all([
    nameOf({}),
    nameOf({}, "vlmevalkit"),
    nameOf({ prompt: "reference" }),
    nameOf({ temperature: 0.1 }),
    nameOf({ maxTokens: 64 }),
    nameOf(own("Is {reply} right?")),
    nameOf(own("Is {reply} wrong?")),
  ]);
  expect(names[0]).toBe("judge m (binary), rule relaxed");
  expect(new Set(names).size).toBe(names.length);
});

test("the name of a judged verdict has nothing of how the server is asked", async () => {
  expect(await nameOf({ url: "http://127.0.0.1:8/v1", concurrency: 2, retries: 1 })).toBe(await nameOf({}));
});
