import { expect, test } from "vitest";
import { BENCHMARK_KINDS, benchmarkSchema, createBenchmark } from "./index.ts";

// `fovea score` judges recorded answers where nobody has the files any more.
test.each(BENCHMARK_KINDS)("%s is made without its files, which only its problems need", async (kind) => {
  const benchmark = await createBenchmark(benchmarkSchema.parse({ kind }), { data: undefined, seed: 0 });
  expect(benchmark.name).toBe(kind);
  expect(typeof benchmark.source).toBe("function");
});
