/**
 * @module
 * MEGA-Bench's metrics by the names that the published files call them by.
 */
import { entryOf, isDict, isSequence, type PythonValue } from "../../python/value.ts";
import {
  commonPrefixShare,
  dictPrecision,
  dictRecall,
  isSameDict,
  isSameSequence,
  isSameSequenceInAnyCase,
  isSameSet,
  isSameSetInAnyCase,
  isSameSetOfLines,
  isSameSetOfParts,
  isSameSetOrText,
  jaccardIndex,
  jaccardIndexInAnyCase,
  meanOverKeys,
  movesJaccardIndex,
  sequenceAccuracy,
  setPrecision,
} from "./collections.ts";
import { UnusableAnswer } from "./conversions.ts";
import {
  boxesOverlap,
  boxOverlap,
  boxSequenceOverlap,
  isPointInBox,
  keypointSimilarity,
  pointCloseness,
  taggedBoxOverlap,
} from "./geometry.ts";
import {
  anglesCloseness,
  isSameBoxedNumber,
  isSameNumber,
  numberCloseness,
  positiveIntegerScore,
  relativeCloseness,
} from "./numbers.ts";
import {
  damerauLevenshteinSimilarity,
  isCodeResult,
  isExactly,
  isExactlyInAnyCase,
  isOneOf,
  isSimply,
  nearSimilarity,
} from "./strings.ts";

/** In [0, 1], or true and false; -1 where the field does not count; undefined where it cannot be decided. */
type Metric = (given: PythonValue, right: PythonValue, context: PythonValue) => number | boolean | undefined;

function inContextBoxes(given: PythonValue, _: PythonValue, context: PythonValue): boolean {
  const places = isDict(context) ? entryOf(context, "bounding_boxes") : undefined;
  if (!isSequence(places)) throw new UnusableAnswer("there are no boxes");
  return isPointInBox(given, places.items);
}

export const METRICS = {
  exact_str_match: isExactly,
  simple_str_match: isSimply,
  multi_ref_phrase: isOneOf,
  set_equality: isSameSet,
  sequence_equality: isSameSequence,
  exact_str_match_case_insensitive: isExactlyInAnyCase,
  general_single_numerical_match: isSameNumber,
  sequence_accuracy_case_insensitive: sequenceAccuracy,
  str_set_equality_comma: isSameSetOfParts,
  normalized_rmse: numberCloseness,
  set_precision: setPrecision,
  dict_equality: isSameDict,
  str_set_equality_line_break: isSameSetOfLines,
  dict_precision: dictPrecision,
  sequence_coords_similarity: keypointSimilarity,
  jaccard_index_case_insensitive: jaccardIndexInAnyCase,
  number_rel_diff_ratio: relativeCloseness,
  chess_move_list_jaccard_index: movesJaccardIndex,
  dict_exact_str_match_agg_recall: dictRecall,
  xml_nbbox_iou_single: taggedBoxOverlap,
  nbbox_iou_tuple: boxesOverlap,
  positive_int_match: positiveIntegerScore,
  jaccard_index: jaccardIndex,
  boxed_single_numerical_match: isSameBoxedNumber,
  near_str_match: nearSimilarity,
  dict_jaccard_agg_jaccard: meanOverKeys(jaccardIndex),
  dict_set_equality_agg_jaccard: meanOverKeys(isSameSet),
  longest_common_list_prefix_ratio: commonPrefixShare,
  xml_norm_point_in_bbox: inContextBoxes,
  xml_norm_point_distance: pointCloseness,
  dict_nbbox_iou_tuple_agg_jaccard: meanOverKeys(boxesOverlap),
  nbbox_iou_sequence: boxSequenceOverlap,
  normalized_similarity_damerau_levenshtein: damerauLevenshteinSimilarity,
  set_equality_case_insensitive: isSameSetInAnyCase,
  sequence_equality_case_insensitive: isSameSequenceInAnyCase,
  nbbox_iou_single: boxOverlap,
  code_result_exact_str_match: isCodeResult,
  angle_seq_float_rmse: anglesCloseness,
} satisfies Readonly<Record<string, Metric>>;
export type MetricName = keyof typeof METRICS;

const asIs = (value: PythonValue) => value;

/** Metrics that VLMEvalKit has otherwise: it reads no dict or set out of a text there. */
const VLMEVALKIT: Partial<Record<MetricName, Metric>> = {
  set_equality: isSameSetOrText,
  dict_jaccard_agg_jaccard: meanOverKeys(jaccardIndex, undefined, asIs),
  dict_set_equality_agg_jaccard: meanOverKeys(isSameSetOrText, asIs, asIs),
  dict_nbbox_iou_tuple_agg_jaccard: meanOverKeys(boxesOverlap, asIs, asIs),
};

/** Metrics that are refused, and why. */
export const REFUSED = {
  gpt_4o_as_judge: "asks GPT-4o",
  ascii_art_gpt4o_judge: "asks GPT-4o about a drawing",
  constrained_generation: "needs WordNet and a dictionary of pronunciations",
  symbolic_planning_test: "needs a planner's simulator",
  program_judge: "runs the model's code",
  latex_expr_equality: "needs sympy",
  text_with_latex_expr_equality: "needs sympy",
  geo_proximity_location_dict: "asks a geocoding service",
  gleu_cn: "needs a segmenter of Chinese",
  bleu: "is used by no published task",
  nli_entailment: "needs a model of entailment",
} as const;
export type RefusedName = keyof typeof REFUSED;

/** The score of one field; undefined where it cannot be decided. An answer that a metric cannot take scores 0. */
export function fieldScore(
  name: MetricName,
  given: PythonValue,
  right: PythonValue,
  context: PythonValue,
  isVlmEvalKit: boolean,
): number | undefined {
  const metric: Metric = (isVlmEvalKit ? VLMEVALKIT[name] : undefined) ?? METRICS[name];
  try {
    const score = metric(given, right, context);
    return score === undefined ? undefined : Number(score);
  } catch (error) {
    if (error instanceof UnusableAnswer) return 0;
    throw error;
  }
}
