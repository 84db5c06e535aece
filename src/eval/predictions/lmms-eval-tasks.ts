/**
 * @module
 * The tasks of lmms-eval (0.7.3, `lmms_eval/tasks`) by the benchmark that has their documents in their order. Tasks that only
 * ask or judge otherwise follow the first.
 */
import type { Target, Targets } from "./target.ts";

function tasks(names: readonly string[], target: Omit<Target, "name">): Target[] {
  return names.map((name) => ({ name, ...target }));
}

const MATH_VISION = ["id", "question", "options", "answer", "level", "subject"];
const MATH_VERSE = ["sample_index", "problem_index", "question", "answer", "problem_version"];
const VSI_BENCH = ["id", "question_type", "scene_name", "ground_truth"];

/** A split of the dataset that has one version of the problems. */
function mathVerse(version: string): Target {
  return {
    name: `mathverse_testmini_${version.toLowerCase().replace(" ", "_")}`,
    columns: MATH_VERSE,
    rows: { problem_version: version },
  };
}

const MMMU = ["id", "options", "answer"];

export const LMMS_EVAL_TASKS: Targets = {
  mmbench: [
    ...tasks(["mmbench_en_dev_static", "mmbench_en_dev"], {
      columns: ["index", "question", "answer", "category", "L2-category"],
      options: { split: "dev-en" },
    }),
    ...tasks(["mmbench_cn_dev"], {
      columns: ["index", "question", "answer", "category", "L2-category"],
      options: { split: "dev-cn" },
    }),
  ],
  mmstar: tasks(["mmstar", "mmstar_qwen", "mmstar_reasoning"], {
    columns: ["index", "question", "answer", "category", "l2_category", "meta_info"],
  }),
  "hallusion-bench": tasks(["hallusion_bench_image"], {
    columns: ["category", "subcategory", "set_id", "figure_id", "question_id", "gt_answer"],
    options: { questions: "image" },
  }),
  mme: tasks(["mme"], { columns: ["question_id", "question", "answer", "category"] }),
  pope: tasks(["pope"], {
    columns: ["question_id", "question", "answer", "category", "image_source"],
    options: { category: "all" },
  }),
  mmmu: tasks(["mmmu_val", "mmmu_val_reasoning", "mmmu_val_qwen"], {
    columns: [...MMMU, "question", "question_type"],
    options: { split: "validation" },
  }),
  "mmmu-pro": [
    ...tasks(["mmmu_pro_standard"], {
      columns: MMMU,
      options: { variant: "standard-10", prompt: "direct" },
    }),
    ...tasks(["mmmu_pro_standard_cot"], {
      columns: MMMU,
      options: { variant: "standard-10", prompt: "cot" },
    }),
    ...tasks(["mmmu_pro_vision"], { columns: MMMU, options: { variant: "vision", prompt: "direct" } }),
    ...tasks(["mmmu_pro_vision_cot"], { columns: MMMU, options: { variant: "vision", prompt: "cot" } }),
  ],
  "science-qa": [
    ...tasks(["scienceqa_img"], {
      columns: ["question", "choices", "answer"],
      options: { split: "test", questions: "image" },
    }),
    ...tasks(["scienceqa"], {
      columns: ["question", "choices", "answer"],
      options: { split: "test", questions: "all" },
    }),
  ],
  chartqa: tasks(["chartqa"], { columns: ["type", "question", "answer"] }),
  docvqa: tasks(["docvqa_val"], { columns: ["questionId", "question", "answers"] }),
  infovqa: tasks(["infovqa_val"], { columns: ["questionId", "question", "answers"] }),
  textvqa: tasks(["textvqa_val"], { columns: ["question_id", "question", "answers"] }),
  vqav2: tasks(["vqav2_val"], { columns: ["question_id", "question", "answers", "answer_type"] }),
  chartqapro: tasks(["chartqapro"], { columns: ["Question", "Answer", "Question Type", "Year"] }),
  mathvista: tasks(["mathvista_testmini_format", "mathvista_testmini_cot", "mathvista_testmini_solution"], {
    columns: ["pid", "query", "question", "choices", "answer", "question_type", "answer_type"],
  }),
  mathvision: [
    ...tasks(["mathvision_test", "mathvision_reason_test"], {
      columns: MATH_VISION,
      options: { split: "test" },
    }),
    ...tasks(["mathvision_testmini", "mathvision_reason_testmini"], {
      columns: MATH_VISION,
      options: { split: "testmini" },
    }),
  ],
  mathverse: [
    ...["Text Only", "Text Dominant", "Text Lite", "Vision Intensive", "Vision Dominant", "Vision Only"].map(
      mathVerse,
    ),
    { name: "mathverse_testmini", columns: MATH_VERSE },
  ],
  wemath: tasks(["wemath_testmini_reasoning"], { columns: ["ID", "key", "question", "option", "answer"] }),
  logicvista: tasks(["logicvista_reasoning"], { columns: ["question", "answer"], absent: ["index"] }),
  dynamath: tasks(["dynamath_reasoning"], { columns: ["id", "question_id", "question", "ground_truth"] }),
  geometry3k: tasks(["geometry3k"], {
    columns: ["problem", "choices", "ground_truth"],
    options: { variant: "choices" },
  }),
  "mega-bench": Object.entries({
    core: "core",
    core_single_image: "core_si",
    open: "open",
    open_single_image: "open_si",
  }).map(([subset, task]) => ({
    name: `megabench_${task}`,
    columns: ["id", "query_text", "task_name", "answer", "metric_info", "eval_context"],
    options: { subset },
  })),
  mmvu: tasks(["mmvu_val", "mmvu_val_cot"], {
    columns: ["id", "video_path", "question_type", "question", "choices", "answer"],
  }),
  "video-mmmu": ["perception", "comprehension", "adaptation"].map((track) => ({
    name: `video_mmmu_${track}`,
    columns: ["id", "question", "options", "answer", "question_type"],
    options: { track },
  })),
  "vsi-bench": [
    ...tasks(["vsibench"], { columns: VSI_BENCH, options: { subset: "full" } }),
    ...tasks(["vsibench_debiased"], { columns: VSI_BENCH, options: { subset: "debiased" } }),
  ],
};
