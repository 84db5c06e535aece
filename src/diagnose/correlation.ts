/**
 * @module
 * Where attention goes at right and at wrong tokens: DyCo-RL's correlation analysis (arXiv:2606.08035, section 4.1).
 */
import type { AttentionRow } from "../credit/index.ts";
import { type BootstrapOptions, bootstrapIntervals, type Interval, type Rng } from "../math/index.ts";
import { CLASSES, type TokenClass, tokenClass } from "./candidates.ts";
import { cliffsDelta, RankedScores } from "./statistics/area-under-curve.ts";
import { GroupedSums } from "./statistics/grouped-sums.ts";
import { type TokenTable, TRUE_ROLES, type Truth } from "./token-table.ts";

/** One class of tokens. */
export interface ClassMass {
  readonly name: TokenClass;
  readonly tokens: number;
  readonly completions: number;
  /** Mean r^vis. */
  readonly visual: Interval;
  /** Mean r^txt. */
  readonly text: Interval;
}

/** Right against wrong tokens of one role, in the modality that the role asks for. */
export interface Contrast {
  readonly role: "image" | "reasoning";
  /** The kind of statement that it is restricted to; absent for all. */
  readonly statement?: string;
  readonly modality: "visual" | "text";
  readonly right: number;
  readonly wrong: number;
  /** Mean mass of right tokens minus mean mass of wrong tokens. */
  readonly difference: Interval;
  /** Cliff's δ: P(right > wrong) − P(right < wrong). */
  readonly delta: Interval;
}

export interface Correlation {
  readonly row: AttentionRow;
  readonly classes: readonly ClassMass[];
  readonly contrasts: readonly Contrast[];
}

/** Fewer tokens on either side than this make no contrast. */
const FEWEST = 10;

/**
 * Means of r^vis and r^txt over P^r, P^e, R^r and R^e with bootstrap intervals. Also the difference between right and
 * wrong tokens, over all tokens of a role and within each kind of statement. Completions are resampled, not tokens.
 */
export function correlate(
  table: TokenTable,
  truth: Truth,
  row: AttentionRow,
  rng: Rng,
  options: BootstrapOptions,
): Correlation {
  const columns = table.rows[row]!;
  const sums = CLASSES.map(() => ({
    visual: new GroupedSums(table.completions),
    text: new GroupedSums(table.completions),
  }));
  for (let i = 0; i < table.tokens; i++) {
    const name = tokenClass(TRUE_ROLES[truth.role[i]!]!, truth.verdict[i]!);
    if (name === undefined) continue;
    const own = sums[CLASSES.indexOf(name)]!;
    own.visual.add(table.unit[i]!, columns.visualMass[i]!);
    own.text.add(table.unit[i]!, columns.textMass[i]!);
  }
  const intervals = bootstrapIntervals(
    table.completions,
    (weights) => sums.flatMap(({ visual, text }) => [visual.mean(weights), text.mean(weights)]),
    rng.fork("classes"),
    options,
  );
  return {
    row,
    classes: CLASSES.map((name, c) => ({
      name,
      tokens: sums[c]!.visual.items,
      completions: sums[c]!.visual.units,
      visual: intervals[2 * c]!,
      text: intervals[2 * c + 1]!,
    })),
    contrasts: contrastsOf(table, truth, row, rng, options),
  };
}

function contrastsOf(
  table: TokenTable,
  truth: Truth,
  row: AttentionRow,
  rng: Rng,
  options: BootstrapOptions,
): Contrast[] {
  return (["image", "reasoning"] as const).flatMap((role) => {
    const statements = [
      ...new Set(truth.statement.filter((_, i) => TRUE_ROLES[truth.role[i]!] === role)),
    ].sort();
    const restrictions = statements.length > 1 ? [undefined, ...statements] : [undefined];
    return restrictions.flatMap((statement): Contrast[] => {
      const found = contrast(table, truth, row, role, statement, rng, options);
      return found === undefined ? [] : [found];
    });
  });
}

function contrast(
  table: TokenTable,
  truth: Truth,
  row: AttentionRow,
  role: "image" | "reasoning",
  statement: string | undefined,
  rng: Rng,
  options: BootstrapOptions,
): Contrast | undefined {
  const modality = role === "image" ? "visual" : "text";
  const mass = table.rows[row]![modality === "visual" ? "visualMass" : "textMass"];
  const chosen: number[] = [];
  for (let i = 0; i < table.tokens; i++) {
    const isChosen = TRUE_ROLES[truth.role[i]!] === role && truth.verdict[i]! >= 0;
    if (isChosen && (statement === undefined || truth.statement[i] === statement)) chosen.push(i);
  }
  const isRight = Uint8Array.from(chosen, (i) => truth.verdict[i]!);
  const right = isRight.reduce((sum, value) => sum + value, 0);
  const wrong = chosen.length - right;
  if (Math.min(right, wrong) < FEWEST) return undefined;
  const ranked = new RankedScores(
    Float64Array.from(chosen, (i) => mass[i]!),
    isRight,
  );
  const sides = [new GroupedSums(table.completions), new GroupedSums(table.completions)] as const;
  for (const [k, i] of chosen.entries()) sides[isRight[k] === 1 ? 0 : 1].add(table.unit[i]!, mass[i]!);
  const [difference, delta] = bootstrapIntervals(
    table.completions,
    (weights) => [
      sides[0].mean(weights) - sides[1].mean(weights),
      cliffsDelta(ranked.area((k) => weights[table.unit[chosen[k]!]!]!)),
    ],
    rng.fork(`${role} ${statement ?? ""}`),
    options,
  );
  return {
    role,
    ...(statement !== undefined && { statement }),
    modality,
    right,
    wrong,
    difference: difference!,
    delta: delta!,
  };
}
