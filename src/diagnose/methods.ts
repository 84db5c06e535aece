/**
 * @module
 * Each credit method's view of a completion's tokens: a score that is higher where the method sees more of the image,
 * and the assigned role. Training calls the same functions.
 */
import { type AttentionRow, atRl, dycoRl } from "../credit/index.ts";
import { quantile, type Rng } from "../math/index.ts";
import type { Measured, MeasuredRow } from "./measure.ts";
import { ASSIGNED_ROLES, type ColumnBuilder, type MethodColumn } from "./token-table.ts";

/** AT-RL's share of tokens that count as anchors (arXiv:2602.11455, section 6). */
export const ANCHOR_SHARE = 0.15;
/** VICRA's bound above which a token counts as visually grounded ("Don't Lose Sight", section 3.2). */
export const GROUNDED_ABOVE = 0.2;
/** The share of tokens that 80/20 calls high-entropy (arXiv:2506.01939). */
export const HIGH_ENTROPY_SHARE = 0.2;

const codes = (roles: readonly (typeof ASSIGNED_ROLES)[number][]) =>
  Uint8Array.from(roles, (role) => ASSIGNED_ROLES.indexOf(role));

const difference = (a: Float64Array, b: Float64Array) => a.map((value, t) => value - b[t]!);

/** Methods that read attention, by name, and the columns they are kept in: `<name>.<row>.score`, `….assigned`. */
const ROLE_METHODS = {
  "fisher-rao": undefined,
  kl: "kl-roles",
  "attention-entropy": "entropy-roles",
} as const;

function compared(method: keyof typeof ROLE_METHODS, { attention }: MeasuredRow) {
  switch (method) {
    case "fisher-rao":
      return { visual: attention.visualShift, text: attention.textShift };
    case "kl":
      return attention.divergence;
    case "attention-entropy":
      return attention.sharpness;
  }
}

/** Adds a completion's columns. */
export function addMethods(builder: ColumnBuilder, measured: Measured, rng: Rng): void {
  for (const [row, one] of Object.entries(measured.rows) as [AttentionRow, MeasuredRow][]) {
    const { attention, calibrated } = one;
    builder.add(`visual-mass.${row}.score`, attention.visualMass);
    for (const [name, ablation] of Object.entries(ROLE_METHODS)) {
      const signal = compared(name as keyof typeof ROLE_METHODS, one);
      if (signal === undefined) continue;
      builder.add(`${name}.${row}.score`, difference(signal.visual, signal.text));
      builder.add(`${name}.${row}.assigned`, codes(dycoRl(attention, { ablation }).roles));
    }
    if (calibrated) {
      builder.add(`connectivity.${row}.score`, calibrated.connectivity);
      builder.add(`at-rl weights.${row}.score`, atRl(calibrated, { scale: "mean-one" }).weights);
    }
  }
  const [attention] = Object.values(measured.rows).map((row) => row.attention);
  builder.add(
    "random.score",
    measured.entropy.map(() => rng.uniform()),
  );
  if (attention) {
    builder.add("random.assigned", codes(dycoRl(attention, { ablation: "random-roles" }, rng).roles));
  }
}

/** Visual (0) above the bound, else neutral (2). */
const above = (scores: Float64Array, bound: number) =>
  Uint8Array.from(scores, (value) => (value > bound ? 0 : 2));

/** The columns of all methods that have any. Lines drawn over all tokens are drawn here. */
export function methodColumns(
  builder: ColumnBuilder,
  rows: readonly AttentionRow[],
  { entropy, grounding }: { readonly entropy: Float64Array; readonly grounding?: Float64Array | undefined },
): MethodColumn[] {
  const columns: MethodColumn[] = [];
  for (const row of rows) {
    for (const method of Object.keys(ROLE_METHODS)) {
      if (!builder.has(`${method}.${row}.score`)) continue;
      const assigned = Uint8Array.from(builder.column(`${method}.${row}.assigned`));
      columns.push({
        method,
        row,
        score: builder.column(`${method}.${row}.score`),
        assigned,
        assigns: "roles",
      });
    }
    if (builder.has(`connectivity.${row}.score`)) {
      const score = builder.column(`connectivity.${row}.score`);
      const assigned = above(score, quantile(score, 1 - ANCHOR_SHARE));
      columns.push({ method: "connectivity", row, score, assigned, assigns: "image" });
      columns.push({ method: "at-rl weights", row, score: builder.column(`at-rl weights.${row}.score`) });
    }
    if (builder.has(`visual-mass.${row}.score`)) {
      columns.push({ method: "visual mass", row, score: builder.column(`visual-mass.${row}.score`) });
    }
  }
  if (grounding) {
    const assigned = above(grounding, GROUNDED_ABOVE);
    columns.push({ method: "grounding", score: grounding, assigned, assigns: "image" });
  }
  if (!entropy.some(Number.isNaN)) {
    const assigned = above(entropy, quantile(entropy, 1 - HIGH_ENTROPY_SHARE));
    columns.push({ method: "token entropy", score: entropy, assigned, assigns: "image" });
  }
  const random = { method: "random", score: builder.column("random.score") };
  columns.push(
    builder.has("random.assigned")
      ? { ...random, assigned: Uint8Array.from(builder.column("random.assigned")), assigns: "roles" }
      : random,
  );
  return columns;
}
