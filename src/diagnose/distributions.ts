/**
 * @module
 * How connectivity (AT-RL, arXiv:2602.11455, section 6) and grounding (VICRA, "Don't Lose Sight", sections 3.2 and B)
 * are distributed over tokens and words. Also the model's entropy at grounded tokens.
 */
import type { AttentionRow } from "../credit/index.ts";
import { topShare } from "../credit/top-share.ts";
import {
  type BootstrapOptions,
  bootstrapIntervals,
  type Interval,
  quantile,
  type Rng,
  sum,
} from "../math/index.ts";
import { ANCHOR_SHARE, GROUNDED_ABOVE, HIGH_ENTROPY_SHARE } from "./methods.ts";
import { GroupedSums } from "./statistics/grouped-sums.ts";
import { type TokenTable, TRUE_ROLES } from "./token-table.ts";

/** Counts in equal bins. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

/** A word with the mean of the measurements at it. */
export interface WordMean {
  readonly word: string;
  readonly count: number;
  readonly mean: number;
}

export interface ConnectivityDistribution {
  readonly row: AttentionRow;
  readonly histogram: Histogram;
  /** The quantile that the 15 % lie above that the paper calls anchors; of equal tokens the earlier are anchors. */
  readonly threshold: number;
  /** Share of all connectivity that they hold; about 15 % where all tokens are alike. */
  readonly heldByAnchors: number;
  /** True roles of anchors, by share; absent without truth. */
  readonly anchorRoles?: Readonly<Record<string, number>>;
  /** Share of each role's tokens that are anchors; absent without truth. */
  readonly anchorShareOfRole?: Readonly<Record<string, number>>;
  readonly highest: readonly WordMean[];
  readonly lowest: readonly WordMean[];
}

export interface GroundingDistribution {
  /** `[101]` quantiles of g at 0, 0.01, …, 1. */
  readonly quantiles: readonly number[];
  /** Share of tokens with g > 0.2. */
  readonly groundedShare: Interval;
  /** Mean entropy of grounded and of other tokens, nats, and their difference. */
  readonly entropyGrounded: Interval;
  readonly entropyOther: Interval;
  readonly entropyGap: Interval;
  /**
   * Share of grounded tokens that are among the 20 % of highest entropy; and the share of these that are grounded.
   */
  readonly groundedThatAreUnsure: number;
  readonly unsureThatAreGrounded: number;
  readonly highest: readonly WordMean[];
}

const BINS = 40;
const WORDS = 12;
/** Rarer words have no mean worth reading. */
const FEWEST = 20;

export function histogramOf(values: Float64Array, bins: number): Histogram {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = high > low ? Math.floor(((value - low) / (high - low)) * bins) : 0;
    counts[Math.min(bins - 1, bin)]! += 1;
  }
  return { low, high, counts };
}

/** Words in falling order of a number's mean; rare words and tokens without text are left out. */
export function wordMeans(text: readonly string[], values: Float64Array, fewest = FEWEST): WordMean[] {
  const sums = new Map<string, { count: number; sum: number }>();
  for (const [i, word] of text.entries()) {
    if (word.trim() === "") continue;
    const own = sums.get(word) ?? { count: 0, sum: 0 };
    own.count++;
    own.sum += values[i]!;
    sums.set(word, own);
  }
  return [...sums]
    .filter(([, { count }]) => count >= fewest)
    .map(([word, { count, sum }]) => ({ word, count, mean: sum / count }))
    .sort((a, b) => b.mean - a.mean);
}

/** How connectivity is spread; undefined where it was not measured. */
export function connectivityDistribution(
  table: TokenTable,
  row: AttentionRow,
): ConnectivityDistribution | undefined {
  const connectivity = table.rows[row]?.connectivity;
  if (connectivity === undefined || table.tokens === 0) return undefined;
  const threshold = quantile(connectivity, 1 - ANCHOR_SHARE);
  const isAnchor = topShare(connectivity, ANCHOR_SHARE);
  const anchors = Array.from(isAnchor.keys()).filter((i) => isAnchor[i] === 1);
  const total = sum(connectivity);
  const words = wordMeans(table.text, connectivity);
  const { truth } = table;
  const roleCounts = (items: Iterable<number>) => {
    const counts = TRUE_ROLES.map(() => 0);
    for (const i of items) counts[truth?.role[i] ?? 0]! += 1;
    return counts;
  };
  const ofAnchors = roleCounts(anchors);
  const ofAll = roleCounts(connectivity.keys());
  return {
    row,
    histogram: histogramOf(connectivity, BINS),
    threshold,
    heldByAnchors: total > 0 ? sum(anchors.map((i) => connectivity[i]!)) / total : ANCHOR_SHARE,
    ...(truth && {
      anchorRoles: named(ofAnchors.map((count) => count / anchors.length)),
      anchorShareOfRole: named(ofAnchors.map((count, role) => count / ofAll[role]!)),
    }),
    highest: words.slice(0, WORDS),
    lowest: words.slice(-WORDS).reverse(),
  };
}

const named = (shares: readonly number[]) =>
  Object.fromEntries(TRUE_ROLES.map((role, code) => [role, shares[code]!]));

/** How grounding is spread; undefined where it was not measured. */
export function groundingDistribution(
  { grounding, entropy, unit, completions, text }: TokenTable,
  rng: Rng,
  options: BootstrapOptions,
): GroundingDistribution | undefined {
  if (grounding === undefined || grounding.length === 0) return undefined;
  const unsureAbove = quantile(entropy, 1 - HIGH_ENTROPY_SHARE);
  const shares = new GroupedSums(completions);
  const grounded = new GroupedSums(completions);
  const other = new GroupedSums(completions);
  let both = 0;
  let unsure = 0;
  for (let i = 0; i < grounding.length; i++) {
    const isGrounded = grounding[i]! > GROUNDED_ABOVE;
    shares.add(unit[i]!, Number(isGrounded));
    (isGrounded ? grounded : other).add(unit[i]!, entropy[i]!);
    if (entropy[i]! > unsureAbove) {
      unsure++;
      both += Number(isGrounded);
    }
  }
  const [groundedShare, entropyGrounded, entropyOther, entropyGap] = bootstrapIntervals(
    completions,
    (weights) => {
      const [first, second] = [grounded.mean(weights), other.mean(weights)];
      return [shares.mean(weights), first, second, first - second];
    },
    rng.fork("grounding"),
    options,
  );
  return {
    quantiles: Array.from({ length: 101 }, (_, i) => quantile(grounding, i / 100)),
    groundedShare: groundedShare!,
    entropyGrounded: entropyGrounded!,
    entropyOther: entropyOther!,
    entropyGap: entropyGap!,
    groundedThatAreUnsure: both / grounded.items,
    unsureThatAreGrounded: both / unsure,
    highest: wordMeans(text, grounding).slice(0, WORDS),
  };
}
