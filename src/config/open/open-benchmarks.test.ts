import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { benchmarkSchema, createBenchmark } from "../../benchmark/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { configSchema } from "../schema.ts";
import { evaluationVerdict } from "./open-benchmarks.ts";
import { openVerdict } from "./open-verdict.ts";

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

test("the name of a module's verdict has its options and the hash of its text", async () => {
  const folder = temporaryDirectory();
  const moduleOf = (name: string, score: number) => {
    const path = join(folder, `${name}.js`);
    const judge = `() => ({ extracted: null, score: ${score}, reason: "" })`;
    writeFileSync(path, `export const own = { create: () => ({ name: "own", judge: ${judge} }) };\n`);
    return path;
  };
  const [right, wrong] = [moduleOf("right", 1), moduleOf("wrong", 0)];
  const nameOfModule = async (module: string) => {
    const verdict = await openVerdict(configSchema.parse({ verdict: { kind: "module", module } }));
    return verdict.name;
  };
  expect(await nameOfModule(right)).toMatch(/^own, module [0-9a-f]{12}$/);
  expect(await nameOfModule(wrong)).not.toBe(await nameOfModule(right));
});
