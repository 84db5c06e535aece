/**
 * @module
 * The tasks of lmms-eval (0.7.3, `lmms_eval/tasks`) by the benchmark that has their documents in their order. Tasks that only
 * ask or judge otherwise follow the first.
 */
import type { Target, Targets } from "./target.ts";

function tasks(names: readonly string[], target: Omit<Target, "name">): Target[] {
  return names.map((name) => ({ name, ...target }));
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
  "vsi-bench": [
    ...tasks(["vsibench"], {
      columns: ["id", "question_type", "scene_name", "ground_truth"],
      options: { subset: "full" },
    }),
    ...tasks(["vsibench_debiased"], {
      columns: ["id", "question_type", "scene_name", "ground_truth"],
      options: { subset: "debiased" },
    }),
  ],
};
