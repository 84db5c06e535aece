/**
 * @module
 * The data sets of VLMEvalKit (commit e8e78f0, `vlmeval/dataset`) by the benchmark that has their problems.
 */
import type { Target, Targets } from "./target.ts";

const CHOICE = ["index", "question", "A", "B", "answer"];
const SHORT = ["index", "question", "answer"];

function mmBench(name: string, split: string): Target {
  return { name, columns: [...CHOICE, "category"], options: { split } };
}

/** The frames that a video is cut into are part of the name. */
function vsiBench(name: string, subset: string): Target[] {
  return [128, 64, 32, 16].map((frames) => ({
    name: `${name}_${frames}frame`,
    columns: [...SHORT, "question_type", "candidates"],
    options: { subset, frames },
  }));
}

function mmmuPro(name: string, variant: string, columns: readonly string[]): Target[] {
  const added = variant === "vision" ? { added: { question: "placeholder" } } : {};
  return [
    { name, columns, options: { variant, prompt: "direct" }, ...added },
    { name: `${name}_COT`, columns, options: { variant, prompt: "cot" }, ...added },
  ];
}

export const VLMEVALKIT_DATASETS: Targets = {
  mmbench: [
    mmBench("MMBench_DEV_EN", "dev-en"),
    mmBench("MMBench_DEV_CN", "dev-cn"),
    mmBench("MMBench_DEV_EN_V11", "dev-en-v11"),
    mmBench("MMBench_DEV_CN_V11", "dev-cn-v11"),
  ],
  mmstar: [{ name: "MMStar", columns: [...CHOICE, "category"] }],
  "hallusion-bench": [
    {
      name: "HallusionBench",
      columns: [...SHORT, "category", "l2-category"],
      options: { questions: "image" },
    },
  ],
  mme: [{ name: "MME", columns: [...SHORT, "category", "image_path"] }],
  pope: [{ name: "POPE", columns: [...SHORT, "category"], options: { category: "all" } }],
  mmmu: [{ name: "MMMU_DEV_VAL", columns: [...CHOICE, "category", "split"] }],
  "mmmu-pro": [
    ...mmmuPro("MMMU_Pro_10c", "standard-10", CHOICE),
    ...mmmuPro(
      "MMMU_Pro_V",
      "vision",
      CHOICE.filter((column) => column !== "question"),
    ),
  ],
  "science-qa": [
    { name: "ScienceQA_TEST", columns: CHOICE, options: { split: "test", questions: "image" } },
    { name: "ScienceQA_VAL", columns: CHOICE, options: { split: "validation", questions: "image" } },
  ],
  "tally-qa": [{ name: "TallyQA", columns: SHORT }],
  chartqa: [{ name: "ChartQA_TEST", columns: SHORT }],
  docvqa: [{ name: "DocVQA_VAL", columns: SHORT }],
  infovqa: [{ name: "InfoVQA_VAL", columns: SHORT }],
  textvqa: [{ name: "TextVQA_VAL", columns: SHORT }],
  "vsi-bench": [...vsiBench("VSI-Bench", "full"), ...vsiBench("VSI-Bench-Debiased", "debiased")],
};
