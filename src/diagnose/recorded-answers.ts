/**
 * @module
 * Recorded completions as answers to diagnose: their problems drawn again, their texts as the model's tokens.
 */
import type { Problem, ProblemSource, RecordedCompletion } from "../data/index.ts";
import { DataError } from "../errors/index.ts";
import type { Dialogue } from "../eval/index.ts";
import type { Answer, Answers } from "./answers.ts";

/**
 * Places of problems in their source by id, for completions that do not say theirs: a finite source is read until all
 * are found.
 *
 * @throws DataError when a problem is not in the source, or the source has no end
 */
async function problemPlaces(
  completions: readonly RecordedCompletion[],
  source: ProblemSource,
): Promise<Map<string, number>> {
  const places = new Map<string, number>();
  /** Ids with the place of their first completion. */
  const wanted = new Map<string, string>();
  for (const { index, problem, place } of completions) {
    if (index === undefined && !wanted.has(problem)) wanted.set(problem, place);
  }
  const [first] = wanted;
  if (first !== undefined && source.size === Infinity) {
    throw new DataError(`${first[1]}: expected the index of the problem in its source, which has no end`);
  }
  for (let index = 0; index < source.size && wanted.size > 0; index++) {
    const { id } = await source.problem(index);
    if (wanted.delete(id)) places.set(id, index);
  }
  const [lost] = wanted;
  if (lost !== undefined) {
    throw new DataError(`${lost[1]}: expected a problem of ${source.fingerprint}, got ${lost[0]}`);
  }
  return places;
}

/** The recorded tokens where they are this model's tokens of the text, else the text's tokens. */
function tokensOf(completion: RecordedCompletion, dialogue: Dialogue): Int32Array {
  const { text, tokens, isTruncated, place } = completion;
  if (tokens !== undefined && dialogue.text(tokens) === text) return Int32Array.from(tokens);
  const ended = dialogue.completionTokens(text);
  if (dialogue.text(ended) !== text) {
    throw new DataError(
      `${place}: expected a text that the tokenizer keeps as it is, got ${JSON.stringify(dialogue.text(ended))}`,
    );
  }
  return isTruncated ? ended.slice(0, -1) : ended;
}

async function problemAt(
  source: ProblemSource,
  index: number,
  completion: RecordedCompletion,
): Promise<Problem> {
  if (index >= source.size) {
    throw new DataError(`${completion.place}: expected an index below ${source.size}, got ${index}`);
  }
  const problem = await source.problem(index);
  if (problem.id !== completion.problem) {
    throw new DataError(
      `${completion.place}: expected problem ${completion.problem} at index ${index} of its source, got ${problem.id}`,
    );
  }
  return problem;
}

/**
 * Recorded completions as answers.
 *
 * @param source that the problems were drawn from
 * @throws DataError, when batches are read, naming the line of a completion whose problem is not in the source, or whose
 * text the model's tokenizer changes
 */
export function recordedAnswers(
  completions: readonly RecordedCompletion[],
  {
    source,
    dialogue,
    batchSize,
  }: { readonly source: ProblemSource; readonly dialogue: Dialogue; readonly batchSize: number },
): Answers {
  return {
    total: completions.length,
    async *batches(shouldStop) {
      const places = await problemPlaces(completions, source);
      for (let start = 0; start < completions.length && !shouldStop(); start += batchSize) {
        const batch: Answer[] = [];
        for (const completion of completions.slice(start, start + batchSize)) {
          const index = completion.index ?? places.get(completion.problem)!;
          const problem = await problemAt(source, index, completion);
          batch.push({ problem, prompt: dialogue.prompt(problem), tokens: tokensOf(completion, dialogue) });
        }
        yield batch;
      }
    },
  };
}
