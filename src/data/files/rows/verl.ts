/**
 * @module
 * verl's rows: `prompt` (read as TRL's) and `images`, the accepted answer in `reward_model.ground_truth`, and in
 * `extra_info` the rest.
 */
import { asName, asText } from "./asked.ts";
import { answersIn, firstOf, type RowReader } from "./reader.ts";

export const verl: RowReader = {
  name: "verl",
  answer: firstOf(["reward_model.ground_truth", "extra_info.answer"], answersIn),
  id: firstOf(["extra_info.index"], (value) => asText(value, "id")),
  kind: firstOf(["data_source"], (value) => asName(value, "kind")),
};
