/**
 * @module
 * Diagnosis: how a model's attention relates to the role and correctness of its tokens, by correlation, by
 * intervention and over time. Start with `diagnosis`; `collect` samples and labels, `report/` writes.
 */
export { type Answer, type Answers, type SampledAnswersOptions, sampledAnswers } from "./answers.ts";
export { CLASSES } from "./candidates.ts";
export { type DiagnoseOptions, diagnose, type ModelDiagnosis } from "./diagnosis.ts";
export type { Site } from "./intervention.ts";
export { recordedAnswers } from "./recorded-answers.ts";
export { figureSvg, type Panel } from "./report/figure.ts";
export { reportText, writeReport } from "./report/report.ts";
