/**
 * @module
 * Measures every token of the completions that a diagnosis looks at, and labels it where the truth is known.
 */
import type { AttentionRow } from "../credit/index.ts";
import {
  type AnsweredTokens,
  isRightToken,
  type RightTexts,
  type TokenLabel,
  type TokenLabels,
} from "../data/index.ts";
import type { Engine } from "../engine/index.ts";
import { DataError } from "../errors/index.ts";
import type { Dialogue } from "../eval/index.ts";
import { Rng } from "../math/index.ts";
import { isRight, type Verdict } from "../verify/index.ts";
import type { Answer, Answers } from "./answers.ts";
import { type Candidate, CLASSES, Reservoir, type TokenClass, tokenClass } from "./candidates.ts";
import { type Measured, measure } from "./measure.ts";
import { addMethods, methodColumns } from "./methods.ts";
import { ColumnBuilder, type TokenTable, TRUE_ROLES } from "./token-table.ts";

export interface CollectOptions {
  readonly engine: Engine;
  readonly dialogue: Dialogue;
  readonly answers: Answers;
  /** Decides which answers are right. */
  readonly verdict: Verdict;
  /** Truth about tokens; completions that it does not label are left out. Nothing is labelled unless given. */
  readonly labels?: TokenLabels | undefined;
  readonly seed: number;
  readonly rows: readonly AttentionRow[];
  /** Judged tokens kept of each class to intervene on; 500 unless given. */
  readonly candidates?: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Asked before each batch; true ends with the completions so far. */
  readonly shouldStop?: (() => boolean) | undefined;
}

export interface Collected {
  readonly table: TokenTable;
  readonly candidates: Readonly<Record<TokenClass, Reservoir<Candidate>>>;
  /** The completions of the table, as the tokenizer cuts them. */
  readonly completions: readonly AnsweredTokens[];
  /** Completions that were left out since their labels are not known. */
  readonly unlabelled: number;
}

/** −1, 0 or 1: readings are judged by the image, all else by the text before it, where that is possible. */
export function verdictOf({ role, correct, follows }: TokenLabel): number {
  const isCorrect = role === "reasoning" ? (follows ?? correct) : correct;
  return isCorrect === null ? -1 : Number(isCorrect);
}

/** An answer by its tokens, with their labels where the truth is known. */
interface ReadAnswer {
  readonly answer: Answer;
  readonly texts: readonly string[];
  readonly labels?: readonly TokenLabel[];
}

/**
 * Collects everything that is said of a model's tokens.
 *
 * @throws DataError when there are labels, but of none of the completions
 */
export async function collect(options: CollectOptions): Promise<Collected> {
  const { engine, dialogue, answers, labels, rows, shouldStop = () => false } = options;
  const gathering = new Gathering(options);
  const completions: AnsweredTokens[] = [];
  let done = 0;
  let unlabelled = 0;
  for await (const batch of answers.batches(shouldStop)) {
    const read = batch.flatMap((answer): ReadAnswer[] => {
      const texts = dialogue.tokenTexts(answer.tokens);
      if (labels === undefined) return [{ answer, texts }];
      const own = labels.label(answer.problem, texts);
      return own === undefined ? [] : [{ answer, texts, labels: own }];
    });
    unlabelled += batch.length - read.length;
    completions.push(...read.map(({ answer, texts }) => ({ problem: answer.problem.id, tokens: texts })));
    const sequences = read.map(({ answer: { prompt, tokens } }) => ({ prompt, completion: tokens }));
    const measured = sequences.length === 0 ? [] : await measure(engine, sequences, rows);
    for (const [i, one] of read.entries()) await gathering.add(one, measured[i]!);
    done += batch.length;
    options.onProgress?.(done, answers.total);
  }
  if (unlabelled > 0 && unlabelled === done) {
    throw new DataError(`labels: expected labels of at least one completion, got none of ${done}`);
  }
  return { ...gathering.finish(), completions, unlabelled };
}

/** Columns as they grow. */
class Gathering {
  readonly #options: CollectOptions;
  readonly #columns = new ColumnBuilder();
  readonly #texts: string[] = [];
  readonly #statements: string[] = [];
  readonly #rng: Rng;
  readonly #candidates: Readonly<Record<TokenClass, Reservoir<Candidate>>>;
  #completions = 0;
  #judged = 0;
  #right = 0;

  constructor(options: CollectOptions) {
    this.#options = options;
    this.#rng = new Rng(options.seed).fork("random roles");
    const { candidates = 500 } = options;
    const draws = new Rng(options.seed).fork("candidates");
    this.#candidates = Object.fromEntries(
      CLASSES.map((name) => [name, new Reservoir<Candidate>(candidates, draws.fork(name))]),
    ) as Record<TokenClass, Reservoir<Candidate>>;
  }

  async add({ answer, texts, labels }: ReadAnswer, measured: Measured): Promise<void> {
    const { dialogue, verdict } = this.#options;
    const columns = this.#columns;
    const unit = this.#completions++;
    const judgement = await verdict.judge(dialogue.text(answer.tokens), answer.problem);
    this.#judged += Number(judgement.score !== null);
    this.#right += Number(isRight(judgement));
    this.#texts.push(...texts);
    columns.add(
      "unit",
      texts.map(() => unit),
    );
    columns.add(
      "place",
      texts.map((_, t) => (t + 0.5) / texts.length),
    );
    columns.add("entropy", measured.entropy);
    if (measured.grounding) columns.add("grounding", measured.grounding);
    for (const [row, { attention }] of Object.entries(measured.rows)) {
      columns.add(`textMass.${row}`, attention.textMass);
    }
    addMethods(columns, measured, this.#rng);
    if (labels !== undefined) this.#label(unit, answer, texts, labels);
  }

  #label(unit: number, answer: Answer, texts: readonly string[], labels: readonly TokenLabel[]): void {
    const { prompt, tokens, problem } = answer;
    this.#columns.add(
      "role",
      labels.map(({ role }) => TRUE_ROLES.indexOf(role)),
    );
    this.#columns.add("verdict", labels.map(verdictOf));
    this.#statements.push(...labels.map(({ statement }) => statement ?? ""));
    const rightTexts: readonly (RightTexts | null)[] =
      this.#options.labels?.rightTexts?.(problem, texts) ?? [];
    for (const [t, right] of rightTexts.entries()) {
      const name = tokenClass(labels[t]!.role, verdictOf(labels[t]!));
      if (right === null || name === undefined) continue;
      // The first token of a wrong span may itself be right.
      if (isRightToken(texts[t]!, right) !== name.endsWith("^r")) continue;
      this.#candidates[name].offer(() => ({ unit, prompt, tokens: tokens.slice(0, t + 1), right }));
    }
  }

  finish(): Pick<Collected, "table" | "candidates"> {
    const columns = this.#columns;
    const rows = this.#options.rows.filter((row) => columns.has(`textMass.${row}`));
    const entropy = columns.column("entropy");
    const grounding = columns.has("grounding") ? columns.column("grounding") : undefined;
    const table: TokenTable = {
      completions: this.#completions,
      tokens: this.#texts.length,
      accuracy: this.#right / this.#judged,
      unit: Int32Array.from(columns.column("unit")),
      place: columns.column("place"),
      text: this.#texts,
      entropy,
      ...(grounding && { grounding }),
      rows: Object.fromEntries(
        rows.map((row) => [
          row,
          {
            visualMass: columns.column(`visual-mass.${row}.score`),
            textMass: columns.column(`textMass.${row}`),
            ...(columns.has(`connectivity.${row}.score`) && {
              connectivity: columns.column(`connectivity.${row}.score`),
            }),
          },
        ]),
      ),
      methods: methodColumns(columns, rows, { entropy, grounding }),
      ...(columns.has("role") && {
        truth: {
          role: Uint8Array.from(columns.column("role")),
          verdict: Int8Array.from(columns.column("verdict")),
          statement: this.#statements,
        },
      }),
    };
    return { table, candidates: this.#candidates };
  }
}
