/**
 * @module
 * DocVQA (arXiv:2007.00398): questions about scanned documents.
 */
import { documentQuestions } from "../document-questions.ts";

/** DocVQA. */
export const docVqa = documentQuestions({
  kind: "docvqa",
  facts: {
    title: "DocVQA",
    task: "questions about scanned documents, answered in their words",
    size: "5,349 validation; the answers of the 5,188 test questions are held back",
    source: "arXiv:2007.00398",
  },
  table: "DocVQA_VAL",
  folder: "DocVQA",
  document: "docId",
});
