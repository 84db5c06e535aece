/**
 * @module
 * Labels of tokens from annotations of completions.
 */
import { DataError } from "../../errors/index.ts";
import type { TokenLabel, TokenLabels } from "../task.ts";
import { type AnnotatorAgreement, annotatorAgreement, type LabelPair } from "./agreement.ts";
import {
  type AnnotatedSpan,
  type Annotation,
  type Annotations,
  annotationKey,
  completionHash,
} from "./annotations.ts";
import { spanRightTexts } from "./right-texts.ts";
import type { LabelledSpan } from "./span.ts";
import { tokenLabels } from "./token-labels.ts";
import { majorityVote, type TokenVote } from "./vote.ts";

/** A completion and the id of the problem that it answers. */
export interface AnsweredText {
  readonly problem: string;
  readonly text: string;
}

/** A completion as a tokenizer cuts it. */
export interface AnsweredTokens {
  readonly problem: string;
  /** `[T]` joined they are the completion. */
  readonly tokens: readonly string[];
}

/** Labels by the majority of annotators. */
export interface AnnotatedLabels extends Required<TokenLabels> {
  readonly annotators: readonly string[];
  /** Agreement of each pair of annotators over the tokens of the given completions that are labelled. */
  readonly agreement: (completions: readonly AnsweredTokens[]) => AnnotatorAgreement[];
}

/** Places of code points in UTF-16 units, that of the end included. */
function codePointOffsets(text: string): number[] {
  const offsets = [0];
  for (const symbol of text) offsets.push(offsets.at(-1)! + symbol.length);
  return offsets;
}

function labelledSpan(
  span: AnnotatedSpan,
  text: string,
  offsets: readonly number[],
  place: string,
): LabelledSpan {
  const { role, correct = null } = span;
  const [start, end] = [offsets[span.start], offsets[span.end]];
  if (start === undefined || end === undefined) {
    const length = offsets.length - 1;
    throw new DataError(
      `${place}: expected spans within the ${length} characters of the completion, got ${span.start} to ${span.end}`,
    );
  }
  const own = text.slice(start, end);
  const where = `${place}: span ${span.start} to ${span.end}`;
  if (span.text !== undefined && span.text !== own) {
    throw new DataError(
      `${where}: expected the text ${JSON.stringify(span.text)}, got ${JSON.stringify(own)}`,
    );
  }
  const { right = [] } = span;
  if (correct === false && right.includes(own)) {
    throw new DataError(
      `${where}: expected right texts other than the wrong one, got ${JSON.stringify(own)}`,
    );
  }
  const texts = correct === true ? [...new Set([own, ...right])] : right;
  return { start, end, role, statement: null, correct, follows: null, right: texts };
}

const spansOf = ({ spans, place }: Annotation, text: string): LabelledSpan[] => {
  const offsets = codePointOffsets(text);
  return spans.map((span) => labelledSpan(span, text, offsets, place));
};

/** The labels of a completion's tokens by each annotator, in the order of annotators; undefined without any. */
function votesOf(
  { byCompletion }: Annotations,
  { problem, tokens }: AnsweredTokens,
): TokenVote[][] | undefined {
  const text = tokens.join("");
  const own = byCompletion.get(annotationKey(problem, completionHash(text)));
  return own?.map((annotation) => {
    const spans = spansOf(annotation, text);
    const right = spanRightTexts(tokens, spans);
    return tokenLabels(tokens, spans).map((label, t) => ({ label, right: right[t]! }));
  });
}

/**
 * Labels from annotations, each completion labelled by the majority of its annotators (`majorityVote`), each
 * annotator's spans projected to tokens first (`tokenLabels`).
 *
 * @param completions all that the annotations may be of
 * @throws DataError naming the line of an annotation whose completion is not among them, and of spans that do not fit it
 */
export function annotatedLabels(
  annotations: Annotations,
  completions: Iterable<AnsweredText>,
): AnnotatedLabels {
  const { annotators, byCompletion, path } = annotations;
  const missing = new Set(byCompletion.keys());
  for (const { problem, text } of completions) {
    const key = annotationKey(problem, completionHash(text));
    for (const annotation of byCompletion.get(key) ?? []) spansOf(annotation, text);
    missing.delete(key);
  }
  const [key] = missing;
  if (key !== undefined) {
    const { place, problem } = byCompletion.get(key)![0]!;
    throw new DataError(
      `${place}: expected a completion of problem ${problem} that was recorded, got another text ` +
        `(${missing.size} of ${byCompletion.size} completions of ${path} were not)`,
    );
  }
  const majorities = (given: AnsweredTokens): TokenVote[] | undefined => {
    const votes = votesOf(annotations, given);
    return votes && given.tokens.map((_, t) => majorityVote(votes.map((own) => own[t]!)));
  };
  return {
    annotators,
    label: ({ id }, tokens) => majorities({ problem: id, tokens })?.map(({ label }): TokenLabel => label),
    rightTexts: ({ id }, tokens) =>
      majorities({ problem: id, tokens })?.map(({ right }) => right) ?? tokens.map(() => null),
    agreement: (given) => {
      const labelled = given.flatMap((one) => {
        const votes = votesOf(annotations, one);
        return votes === undefined ? [] : [{ votes, tokens: one.tokens }];
      });
      return annotators.flatMap((first, a) =>
        annotators.slice(a + 1).map((second, i) => {
          const pairs = labelled.flatMap(({ votes, tokens }) =>
            tokens.flatMap((token, t): LabelPair[] =>
              token === "" ? [] : [[votes[a]![t]!.label, votes[a + 1 + i]![t]!.label]],
            ),
          );
          return annotatorAgreement([first, second], pairs);
        }),
      );
    },
  };
}
