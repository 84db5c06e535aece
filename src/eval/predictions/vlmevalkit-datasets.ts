/**
 * @module
 * The data sets of VLMEvalKit (commit e8e78f0, `vlmeval/dataset`) by the benchmark that has their problems.
 */
import type { Target, Targets } from "./target.ts";

const CHOICE = ["index", "question", "A", "B", "answer"];
const SHORT = ["index", "question", "answer"];
const MATH_VERSE = [...SHORT, "question_for_eval", "problem_version", "metadata"];
const CHART_MIMIC = ["v1", "v2"].flatMap((version) =>
  ["direct", "customized"].flatMap((task) =>
    (version === "v1" ? [""] : ["", "_600", "_1800"]).map((part) => `${version}_${task}${part}`),
  ),
);

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

/** A file has one version of the problems or, without "Text Only", all. */
function mathVerse(name: string, version: string, options?: Target["options"]): Target {
  return { name, columns: MATH_VERSE, rows: { problem_version: version }, ...(options && { options }) };
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
  chartqapro: [
    { name: "ChartQAPro", columns: [...SHORT, "question_type", "year"], options: { prompt: "direct" } },
    { name: "ChartQAPro_CoT", columns: [...SHORT, "question_type", "year"], options: { prompt: "cot" } },
  ],
  mathvista: [
    {
      name: "MathVista_MINI",
      columns: [...SHORT, "choices", "answer_option", "question_type", "answer_type", "task", "skills"],
    },
  ],
  mathvision: [
    { name: "MathVision", columns: [...SHORT, "choices", "category"], options: { split: "test" } },
    { name: "MathVision_MINI", columns: [...SHORT, "choices", "category"], options: { split: "testmini" } },
  ],
  mathverse: [
    mathVerse("MathVerse_MINI_Vision_Only", "Vision Only", { query: "direct" }),
    mathVerse("MathVerse_MINI_Vision_Only_cot", "Vision Only", { query: "cot" }),
    mathVerse("MathVerse_MINI_Vision_Dominant", "Vision Dominant"),
    mathVerse("MathVerse_MINI_Vision_Intensive", "Vision Intensive"),
    mathVerse("MathVerse_MINI_Text_Lite", "Text Lite"),
    mathVerse("MathVerse_MINI_Text_Dominant", "Text Dominant"),
    { name: "MathVerse_MINI", columns: MATH_VERSE },
  ],
  wemath: [
    { name: "WeMath", columns: [...CHOICE, "ID", "key"], options: { requirement: false } },
    { name: "WeMath_COT", columns: [...CHOICE, "ID", "key"], options: { requirement: true } },
  ],
  logicvista: [{ name: "LogicVista", columns: [...SHORT, "skill"] }],
  dynamath: [
    { name: "DynaMath", columns: [...SHORT, "qid", "varid", "answer_type", "subject", "knowledge_level"] },
  ],
  emma: [
    { name: "EMMA_COT", columns: [...CHOICE, "context", "type"], options: { prompt: "cot" } },
    { name: "EMMA", columns: [...CHOICE, "context", "type"], options: { prompt: "direct" } },
  ],
  "mega-bench": ["core", "open"].flatMap((subset) =>
    [16, 64].map((frames) => ({
      name: `MEGABench_${subset}_${frames}frame`,
      columns: [...SHORT, "task_name", "metric_info", "eval_context"],
      options: { subset, frames },
    })),
  ),
  chartmimic: CHART_MIMIC.map((subset) => ({
    name: `ChartMimic_${subset}`,
    columns: ["index", "question", "input_figure", "task", "ground_truth_figure_code"],
    options: { subset },
  })),
  "video-mmmu": [8, 64].map((frames) => ({
    name: `VideoMMMU_${frames}frame`,
    columns: [...SHORT, "id", "category", "options", "question_type"],
    options: { track: "all", frames },
  })),
  "vsi-bench": [...vsiBench("VSI-Bench", "full"), ...vsiBench("VSI-Bench-Debiased", "debiased")],
};
