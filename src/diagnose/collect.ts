/**
 * @module
 * Samples completions of the first problems of a source, measures every token, and labels it where the truth is known.
 */
import type { AttentionRow } from "../credit/index.ts";
import {
  isDigitsSource,
  isRightToken,
  labelTokens,
  type ProblemSource,
  rightTexts,
  type TokenLabel,
} from "../data/index.ts";
import type { Engine, SampleRequest } from "../engine/index.ts";
import { type Dialogue, drawQuestions, type ProblemLimits, type Question, RowTally } from "../eval/index.ts";
import { Rng } from "../math/index.ts";
import { equivalent, extractAnswer } from "../verify/index.ts";
import { type Candidate, CLASSES, Reservoir, type TokenClass, tokenClass } from "./candidates.ts";
import { type Measured, measure } from "./measure.ts";
import { addMethods, methodColumns } from "./methods.ts";
import { ColumnBuilder, type TokenTable, TRUE_ROLES } from "./token-table.ts";

export interface CollectOptions {
  readonly engine: Engine;
  readonly dialogue: Dialogue;
  readonly source: ProblemSource;
  /** The first n problems; all of a smaller source. */
  readonly problems: number;
  readonly sampling: Pick<SampleRequest, "temperature" | "topP" | "topK" | "maxCompletionTokens">;
  readonly seed: number;
  readonly rows: readonly AttentionRow[];
  /** Problems sampled at once; 128 unless given. */
  readonly batchSize?: number;
  readonly limits?: ProblemLimits | undefined;
  readonly maxBrokenShare?: number | undefined;
  /** Judged tokens kept of each class to intervene on; 500 unless given. */
  readonly candidates?: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Asked before each batch; true ends with what there is. */
  readonly shouldStop?: (() => boolean) | undefined;
}

export interface Collected {
  readonly table: TokenTable;
  readonly candidates: Readonly<Record<TokenClass, Reservoir<Candidate>>>;
}

/** −1, 0 or 1: readings by the image, the rest by what was written before, where that can be said. */
export function verdictOf({ role, correct, follows }: TokenLabel): number {
  const isRight = role === "reasoning" ? (follows ?? correct) : correct;
  return isRight === null ? -1 : Number(isRight);
}

/** Collects everything that is said of a model's tokens. */
export async function collect(options: CollectOptions): Promise<Collected> {
  const { engine, source, batchSize = 128, rows } = options;
  const total = Math.min(options.problems, source.size);
  const stream = { ...options, order: (position: number) => position, end: source.size };
  const tally = new RowTally(options.maxBrokenShare ?? 0, source.size);
  const gathering = new Gathering(options);
  let done = 0;
  while (done < total && !(options.shouldStop?.() ?? false)) {
    const count = Math.min(batchSize, total - done);
    const { questions } = await drawQuestions(stream, tally, tally.counts.drawn, count);
    if (questions.length === 0) break;
    const groups = await engine.sample({
      ...options.sampling,
      prompts: questions.map(({ prompt }) => prompt),
      groupSize: 1,
      stopTokens: options.dialogue.stopTokens,
      seed: new Rng(options.seed).fork(done).integer(2 ** 31),
    });
    const sequences = questions.map(({ prompt }, i) => ({ prompt, completion: groups[i]![0]!.tokens }));
    const measured = await measure(engine, sequences, rows);
    for (const [i, question] of questions.entries()) {
      gathering.add(question, sequences[i]!.completion, measured[i]!);
    }
    done += questions.length;
    options.onProgress?.(done, total);
  }
  return gathering.finish();
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

  add(question: Question, tokens: Int32Array, measured: Measured): void {
    const { dialogue, source } = this.#options;
    const columns = this.#columns;
    const unit = this.#completions++;
    const given = extractAnswer(dialogue.text(tokens));
    if (given !== null && equivalent(given, question.problem.answers[0] ?? "")) this.#right++;
    const texts = dialogue.tokenTexts(tokens);
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
    if (isDigitsSource(source)) {
      const world = source.world(question.index);
      const labels = labelTokens(texts, world);
      columns.add(
        "role",
        labels.map(({ role }) => TRUE_ROLES.indexOf(role)),
      );
      columns.add("verdict", labels.map(verdictOf));
      this.#statements.push(...labels.map(({ statement }) => statement ?? ""));
      for (const [t, right] of rightTexts(texts, world).entries()) {
        const name = tokenClass(labels[t]!.role, verdictOf(labels[t]!));
        if (right === null || name === undefined) continue;
        // The first digit of a wrong number may itself be right.
        if (isRightToken(texts[t]!, right) !== name.endsWith("^r")) continue;
        const { prompt } = question;
        this.#candidates[name].offer(() => ({ unit, prompt, tokens: tokens.slice(0, t + 1), right }));
      }
    }
  }

  finish(): Collected {
    const columns = this.#columns;
    const rows = this.#options.rows.filter((row) => columns.has(`textMass.${row}`));
    const entropy = columns.column("entropy");
    const grounding = columns.has("grounding") ? columns.column("grounding") : undefined;
    const table: TokenTable = {
      completions: this.#completions,
      tokens: this.#texts.length,
      accuracy: this.#right / this.#completions,
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
