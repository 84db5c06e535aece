/**
 * @module
 * InfographicVQA (arXiv:2104.12756): questions about infographics.
 */
import { documentQuestions } from "../document-questions.ts";

/** InfographicVQA. */
export const infoVqa = documentQuestions({
  kind: "infovqa",
  facts: {
    title: "InfographicVQA",
    task: "questions about infographics, answered in their words or by a count",
    size: "2,801 validation; the answers of the 3,288 test questions are held back",
    source: "arXiv:2104.12756",
  },
  table: "InfoVQA_VAL",
  folder: "InfographicVQA",
  document: "image_url",
});
