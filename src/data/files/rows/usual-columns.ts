/**
 * @module
 * Rows with a column for each part, by the names that most published data sets use (Geometry3K, ThinkLite, VLM-R1, MMK12,
 * ViRL39K, EasyR1's sets, VLMEvalKit's tables, ChartQA, MathVista).
 */
import { asName, asText } from "./asked.ts";
import { answersIn, firstOf, imagesIn, questionIn, type RowReader, videosIn } from "./reader.ts";

export const usualColumns: RowReader = {
  name: "columns by part",
  question: firstOf(["question", "problem"], questionIn),
  answer: firstOf(["answer", "ground_truth", "correct_answer", "target", "answer_key", "label"], answersIn),
  image: firstOf(["decoded_image", "images", "image", "image_path", "file_name"], imagesIn),
  video: firstOf(["videos", "video"], videosIn),
  id: firstOf(["id", "qid", "index", "problem_id", "question_id", "questionId"], (value) =>
    asText(value, "id"),
  ),
  kind: firstOf(["kind", "category", "subject", "problem_type"], (value) => asName(value, "kind")),
};
