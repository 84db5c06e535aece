/**
 * @module
 * Every built-in benchmark. A new one is one file in `benchmarks/` and one entry here; the configuration's schema, the list
 * that `fovea benchmarks` prints and the opening of benchmarks follow from it.
 */
import type * as z from "zod";
import { createPart, definitionUnion, kindsOf, parseByKind } from "../parts/index.ts";
import type { Benchmark, BenchmarkContext, BenchmarkFacts } from "./benchmark.ts";
import { chartMimic } from "./benchmarks/chartmimic.ts";
import { chartQa } from "./benchmarks/chartqa.ts";
import { chartQaPro } from "./benchmarks/chartqapro.ts";
import { docVqa } from "./benchmarks/docvqa.ts";
import { dynaMath } from "./benchmarks/dynamath.ts";
import { easyVqa } from "./benchmarks/easy-vqa.ts";
import { emma } from "./benchmarks/emma.ts";
import { geometry3k } from "./benchmarks/geometry3k.ts";
import { geoQa } from "./benchmarks/geoqa.ts";
import { hallusionBench } from "./benchmarks/hallusion-bench.ts";
import { infoVqa } from "./benchmarks/infovqa.ts";
import { logicVista } from "./benchmarks/logicvista.ts";
import { mathVerse } from "./benchmarks/mathverse.ts";
import { mathVision } from "./benchmarks/mathvision.ts";
import { mathVista } from "./benchmarks/mathvista.ts";
import { megaBench } from "./benchmarks/mega-bench.ts";
import { mmBench } from "./benchmarks/mmbench.ts";
import { mme } from "./benchmarks/mme.ts";
import { mmmu } from "./benchmarks/mmmu.ts";
import { mmmuPro } from "./benchmarks/mmmu-pro.ts";
import { mmStar } from "./benchmarks/mmstar.ts";
import { mmvu } from "./benchmarks/mmvu.ts";
import { pope } from "./benchmarks/pope.ts";
import { rBench } from "./benchmarks/r-bench.ts";
import { scienceQa } from "./benchmarks/science-qa.ts";
import { tallyQa } from "./benchmarks/tally-qa.ts";
import { textVqa } from "./benchmarks/textvqa.ts";
import { videoMmmu } from "./benchmarks/video-mmmu.ts";
import { vqaV2 } from "./benchmarks/vqav2.ts";
import { vsiBench } from "./benchmarks/vsi-bench.ts";
import { weMath } from "./benchmarks/wemath.ts";

const definitions = [
  easyVqa,
  mmBench,
  hallusionBench,
  mme,
  mmmu,
  mmmuPro,
  mmStar,
  pope,
  scienceQa,
  rBench,
  tallyQa,
  chartQa,
  docVqa,
  infoVqa,
  textVqa,
  vqaV2,
  vsiBench,
  mathVista,
  mathVision,
  mathVerse,
  weMath,
  logicVista,
  dynaMath,
  geometry3k,
  geoQa,
  emma,
  mmvu,
  videoMmmu,
  chartQaPro,
  chartMimic,
  megaBench,
] as const;

/** A built-in benchmark by its kind, with its options. */
export const benchmarkSchema = definitionUnion(definitions).describe("A benchmark.");

/** A complete configuration of a benchmark: every default filled in. */
export type BenchmarkConfig = z.output<typeof benchmarkSchema>;

/** A configuration of a benchmark as a user writes it. */
export type BenchmarkInput = z.input<typeof benchmarkSchema>;

/** The kinds of the built-in benchmarks. */
export const BENCHMARK_KINDS: readonly string[] = kindsOf(definitions);

/** Facts of each built-in benchmark, by kind. */
export const benchmarkFacts: Readonly<Record<string, BenchmarkFacts>> = Object.fromEntries(
  definitions.map(({ schema, facts }) => [schema.shape.kind.value, facts]),
);

/** The rule by which a benchmark is scored unless another is asked for; undefined where there is only one. */
export function defaultScorer(kind: string): string | undefined {
  const config: object = benchmarkSchema.parse({ kind });
  return "scorer" in config ? String(config.scorer) : undefined;
}

/**
 * Options that are not compared on resume: the rule, which the verdict names, and places of files. The fingerprint covers the
 * content of the files with the problems; of images in a folder, each answer has a digest.
 */
const UNRECORDED = ["kind", "data", "images", "tasks", "scorer"];

/**
 * Opens the benchmark that a configuration describes.
 *
 * @throws ConfigError when a key is unknown or a value impossible
 * @throws DataError when its files are not there or are other files
 */
export async function createBenchmark(given: BenchmarkInput, context: BenchmarkContext): Promise<Benchmark> {
  const config = parseByKind(benchmarkSchema, given, "benchmark");
  const made = await createPart<BenchmarkContext, Benchmark | Promise<Benchmark>>(
    definitions,
    config,
    context,
  );
  const options = Object.entries(config).filter(([option]) => !UNRECORDED.includes(option));
  return { ...made, options: Object.fromEntries(options) };
}
