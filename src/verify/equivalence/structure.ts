/**
 * @module
 * Whether two trees are one answer: structure first (lists, sets, intervals, relations, matrices), then values.
 */
import { spelled } from "./canonical.ts";
import { exactValue } from "./exact.ts";
import { measured } from "./measured.ts";
import { expanded } from "./plus-minus.ts";
import { over, type Rational, sameRational, times } from "./rational.ts";
import {
  areOneName,
  areReals,
  intervalOf,
  isMembership,
  isName,
  namedPoint,
  namedValue,
  nameOf,
  oriented,
  type Relation,
  roundedValue,
  sameEquations,
  unionOf,
  withoutConditions,
  withoutHoles,
} from "./relations.ts";
import { some, type Tree } from "./tree.ts";
import { agreeUnits } from "./units.ts";
import { sameValue } from "./value.ts";

/** Most comparisons of parts within one comparison of answers. */
const MAX_COMPARISONS = 400;
/** Longer lists are matched after items spelled alike are paired, and no other way. */
const MAX_MATCHED = 12;
const PERCENT: Rational = { top: 1n, bottom: 100n };

/** Compares two answers, within a budget. */
export class Comparison {
  #left = MAX_COMPARISONS;
  readonly #hasSigns: boolean;

  /** @param hasSigns whether one of the answers has a ±; without one nothing is searched for it */
  constructor(hasSigns: boolean) {
    this.#hasSigns = hasSigns;
  }

  /** Whether two trees are one answer. Symmetric. */
  same(first: Tree, second: Tree): boolean {
    if (--this.#left < 0) return false;
    const a = withoutHoles(plain(first, this.#hasSigns));
    const b = withoutHoles(plain(second, this.#hasSigns));
    if (a.kind === "union" || b.kind === "union") {
      const [union, other] = a.kind === "union" ? [a, b] : [b, a];
      const described = other.kind === "union" ? undefined : unionOf(other);
      if (described !== undefined) return this.#sameUnions(union, described);
    }
    if (a.kind === "relation" || b.kind === "relation") return this.#sameRelations(a, b);
    if (isList(a) || isList(b)) return this.#sameLists(a, b);
    if (a.kind === "union" || b.kind === "union") return this.#sameUnions(a, b);
    if (a.kind === "matrix" || b.kind === "matrix") return this.#sameMatrices(a, b);
    if (a.kind === "group" || b.kind === "group")
      return areReals(a, b) || this.#sameGroups(namedPoint(a) ?? a, namedPoint(b) ?? b);
    if (a.kind === "ratio" || b.kind === "ratio") return this.#sameRatios(a, b);
    return this.#sameQuantities(a, b);
  }

  /** `same` for parts, which are often spelled alike. */
  #alike(a: Tree, b: Tree): boolean {
    return spelled(a) === spelled(b) || this.same(a, b);
  }

  #pairwise(a: readonly Tree[], b: readonly Tree[]): boolean {
    return a.length === b.length && a.every((item, i) => this.#alike(item, b[i]!));
  }

  /** Whether the items are the same in some order. Items spelled alike are paired first. */
  #unordered(first: readonly Tree[], second: readonly Tree[]): boolean {
    if (first.length !== second.length) return false;
    const spellings = new Map<string, number>();
    for (const item of second) spellings.set(spelled(item), (spellings.get(spelled(item)) ?? 0) + 1);
    const rest: Tree[] = [];
    for (const item of first) {
      const count = spellings.get(spelled(item)) ?? 0;
      if (count > 0) spellings.set(spelled(item), count - 1);
      else rest.push(item);
    }
    const others: Tree[] = [];
    for (const item of second) {
      const count = spellings.get(spelled(item)) ?? 0;
      if (count > 0) {
        spellings.set(spelled(item), count - 1);
        others.push(item);
      }
    }
    if (this.#matched(rest, others)) return true;
    const isFlat = first.length <= MAX_MATCHED && !first.some(isList) && !second.some(isList);
    return isFlat && this.#matched(first, second);
  }

  /** A perfect matching by augmenting paths, since "is the same answer" is not transitive (50 %, 50 and 0.5). */
  #matched(first: readonly Tree[], second: readonly Tree[]): boolean {
    const partner: (number | undefined)[] = [];
    const fits = first.map((a) => second.flatMap((b, j) => (this.same(a, b) ? [j] : [])));
    const assign = (i: number, tried: Set<number>): boolean =>
      fits[i]!.some((j) => {
        if (tried.has(j)) return false;
        tried.add(j);
        if (partner[j] !== undefined && !assign(partner[j], tried)) return false;
        partner[j] = i;
        return true;
      });
    return first.every((_, i) => assign(i, new Set()));
  }

  #sameLists(a: Tree, b: Tree): boolean {
    const [x, y] = [listed(a), listed(b)];
    if (x === undefined || y === undefined) return this.#sameCoordinates(a, b);
    const [left, right] = [named(x), named(y)];
    const leftNames = new Set(left.map(({ name }) => name)).size;
    const rightNames = new Set(right.map(({ name }) => name)).size;
    const values = (items: readonly Named[]) => items.map(({ value }) => value);
    if (left.every(({ name }) => name === "") !== right.every(({ name }) => name === "")) {
      const isOrdered = leftNames > 1 || rightNames > 1;
      return isOrdered
        ? this.#pairwise(values(left), values(right))
        : this.#unordered(values(left), values(right));
    }
    return this.#unordered(withoutRepeats(x), withoutRepeats(y));
  }

  /** "x = 3, y = 2" is the point (3, 2). */
  #sameCoordinates(a: Tree, b: Tree): boolean {
    const [list, point] = a.kind === "list" ? [a, b] : [b, a];
    if (list.kind !== "list" || point.kind !== "group" || point.open !== "(" || point.close !== ")")
      return false;
    const items = named(list.items);
    const names = new Set(items.map(({ name }) => name));
    if (names.has("") || names.size !== items.length || items.length < 2) return false;
    return this.#pairwise(
      items.map(({ value }) => value),
      point.items,
    );
  }

  #sameRelations(a: Tree, b: Tree): boolean {
    if (a.kind === "relation" && b.kind === "relation" && isMembership(a) === isMembership(b)) {
      return this.#sameStatements(a, b);
    }
    const [relation, other] =
      a.kind === "relation" && (b.kind !== "relation" || isMembership(a)) ? [a, b] : [b as Relation, a];
    const isSame = (x: Tree, y: Tree) => this.#alike(x, y);
    const value = namedValue(relation, isSame);
    if (value !== undefined) {
      if (this.same(value, other)) return true;
      const rounded = roundedValue(relation, isSame);
      return rounded !== undefined && this.same(rounded, other);
    }
    const interval = intervalOf(relation);
    return (
      interval !== undefined &&
      (other.kind === "group" || other.kind === "union") &&
      this.same(interval, other)
    );
  }

  #sameStatements(a: Relation, b: Relation): boolean {
    const [x, y] = [oriented(a), oriented(b)];
    const isSame = (p: Tree, q: Tree) => this.#alike(p, q);
    const [p, q] = [namedValue(x, isSame), namedValue(y, isSame)];
    if (p !== undefined && q !== undefined && areOneName(x.sides[0]!, y.sides[0]!)) return this.same(p, q);
    if (x.operators.join() === y.operators.join() && this.#pairwise(x.sides, y.sides)) return true;
    const [i, j] = [intervalOf(x), intervalOf(y)];
    if (i !== undefined && j !== undefined && spelled(nameOf(x)!) === spelled(nameOf(y)!))
      return this.same(i, j);
    return sameEquations(x, y);
  }

  #sameUnions(a: Tree, b: Tree): boolean {
    if (a.kind !== "union" || b.kind !== "union" || a.operator !== b.operator) return false;
    return a.operator === "∖" ? this.#pairwise(a.parts, b.parts) : this.#unordered(a.parts, b.parts);
  }

  #sameMatrices(a: Tree, b: Tree): boolean {
    if (a.kind !== "matrix" || b.kind !== "matrix") {
      const [matrix, other] = a.kind === "matrix" ? [a, b] : [b, a];
      if (matrix.kind !== "matrix" || other.kind !== "group" || other.open === "{") return false;
      if (other.open === "[" && other.items.every((row) => row.kind === "group" && row.open === "[")) {
        const rows = other.items.map((row) => (row.kind === "group" ? row.items : []));
        return (
          rows.length === matrix.rows.length && matrix.rows.every((row, i) => this.#pairwise(row, rows[i]!))
        );
      }
      const isVector = matrix.rows.length === 1 || matrix.rows.every((row) => row.length === 1);
      return isVector && this.#pairwise(matrix.rows.flat(), other.items);
    }
    if (a.rows.length !== b.rows.length || a.isSystem !== b.isSystem) return false;
    if (a.isSystem) return this.#unordered(a.rows.map(caseOf), b.rows.map(caseOf));
    return a.rows.every((row, i) => this.#pairwise(row, b.rows[i]!));
  }

  #sameGroups(a: Tree, b: Tree): boolean {
    if (a.kind !== "group" || b.kind !== "group") return false;
    return a.open === b.open && a.close === b.close && this.#pairwise(a.items, b.items);
  }

  /**
   * Ratios side by side; 20:34:00 is 20:34. A ratio that cannot be a time equals the ratios that it reduces to, and the
   * fraction or decimal of its sides.
   */
  #sameRatios(a: Tree, b: Tree): boolean {
    if (a.kind === "ratio" && b.kind === "ratio") {
      if (this.#pairwise(withoutSeconds(a.parts), withoutSeconds(b.parts))) return true;
      return !isTime(a.parts) && !isTime(b.parts) && areProportional(a.parts, b.parts);
    }
    const [ratio, other] = a.kind === "ratio" ? [a, b] : [b, a];
    if (ratio.kind !== "ratio" || isTime(ratio.parts)) return false;
    if (other.kind !== "quotient" && !(other.kind === "number" && other.isDecimal)) return false;
    const [left, right, ...more] = ratio.parts.map(exactValue);
    if (left === undefined || right === undefined || more.length > 0) return false;
    const quotient = over(left, right);
    const value = exactValue(other);
    return quotient !== undefined && value !== undefined && sameRational(quotient, value);
  }

  /** Values with units: units must agree where both have one, and a percentage meets only what has none. */
  #sameQuantities(a: Tree, b: Tree): boolean {
    const [x, y] = [measured(a), measured(b)];
    if (x.unit !== "" && y.unit !== "" && !agreeUnits(x.unit, y.unit)) return false;
    if (sameConstant(x.of, y.of)) return true;
    if ((x.unit === "%") === (y.unit === "%")) return false;
    const [percent, bare] = x.unit === "%" ? [x.of, y.of] : [y.of, x.of];
    const value = exactValue(percent);
    if (value === undefined || exactValue(bare) === undefined) return false;
    const share = times(value, PERCENT);
    if (sameValue({ kind: "quotient", ...asFraction(share) }, bare)) return true;
    // "66.6667%" rounds 200/3.
    const percents = over(exactValue(bare)!, PERCENT)!;
    return bare.kind !== "number" && sameValue(percent, { kind: "quotient", ...asFraction(percents) });
  }
}

/** A row of a system: an equation, or a value beside its condition. */
function caseOf(row: readonly Tree[]): Tree {
  return row.length === 1 ? row[0]! : { kind: "group", open: "(", close: ")", items: row };
}

/** ± as two values, and a system of equations as their list. */
function plain(tree: Tree, hasSigns: boolean): Tree {
  if (tree.kind === "list") {
    const items = withoutConditions(tree.items);
    if (items.length === 1) return expanded(items[0]!);
  }
  if (tree.kind !== "matrix") return hasSigns ? expanded(tree) : tree;
  const areEquations = tree.rows.every((row) => row.length === 1 && row[0]!.kind === "relation");
  return tree.isSystem && areEquations ? { kind: "list", items: tree.rows.flat() } : tree;
}

/** Whether the parts of two ratios of numerals are in proportion. */
function areProportional(a: readonly Tree[], b: readonly Tree[]): boolean {
  const [x, y] = [a.map(exactValue), b.map(exactValue)];
  const [p, q] = [x[0], y[0]];
  if (a.length !== b.length || p === undefined || q === undefined || p.top === 0n || q.top === 0n)
    return false;
  return x.every((left, i) => {
    const right = y[i];
    return left !== undefined && right !== undefined && sameRational(times(left, q), times(right, p));
  });
}

function asFraction({ top, bottom }: Rational): { readonly top: Tree; readonly bottom: Tree } {
  const numeral = (value: bigint): Tree => ({
    kind: "number",
    value: { top: value, bottom: 1n },
    text: String(value),
    isDecimal: false,
  });
  return { top: numeral(top), bottom: numeral(bottom) };
}

/** Infinities and digits in a base are compared literally, all else by value. */
function sameConstant(a: Tree, b: Tree): boolean {
  const isOpaque = (tree: Tree) =>
    some(
      tree,
      (part) =>
        part.kind === "based" ||
        (part.kind === "symbol" && part.name === "∞") ||
        (part.kind === "call" && /^(?:sum|prod|int|lim|prime|binom|[fghFGPWH]'?|∠|△)$/.test(part.name)),
    );
  return isOpaque(a) || isOpaque(b) ? spelled(a) === spelled(b) : sameValue(a, b);
}

/** Minutes with two digits below 60 after hours up to 24: it may be a time of day. */
function isTime(parts: readonly Tree[]): boolean {
  const [hours, minutes] = parts;
  if (hours?.kind !== "number" || minutes?.kind !== "number") return false;
  return /^(?:[01]?\d|2[0-4])$/.test(hours.text) && /^[0-5]\d$/.test(minutes.text);
}

function withoutSeconds(parts: readonly Tree[]): readonly Tree[] {
  const last = parts.at(-1);
  return parts.length === 3 && isTime(parts) && last?.kind === "number" && last.text === "00"
    ? parts.slice(0, 2)
    : parts;
}

function isList(tree: Tree): boolean {
  return tree.kind === "list" || (tree.kind === "group" && tree.open === "{");
}

/** The items of a list or set, or of a point where names are given to its coordinates. */
function listed(tree: Tree): readonly Tree[] | undefined {
  if (tree.kind === "list") return withoutConditions(tree.items).flatMap((item) => itemsOf(expanded(item)));
  if (tree.kind !== "group") return undefined;
  if (tree.open === "{") return tree.items.flatMap((item) => itemsOf(expanded(item)));
  return undefined;
}

/** Repeated points are one point; repeated numbers count, as roots with a multiplicity. */
function withoutRepeats(items: readonly Tree[]): readonly Tree[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    if (item.kind !== "group" || item.open !== "(") return true;
    const spelling = spelled(item);
    return !seen.has(spelling) && seen.add(spelling);
  });
}

function itemsOf(item: Tree): readonly Tree[] {
  return item.kind === "list" && item.items.every((part) => part.kind !== "relation") ? item.items : [item];
}

interface Named {
  readonly name: string;
  readonly value: Tree;
}

/** Items "x = 5" by name and value; an item without a name after an item with a name has that name. */
function named(items: readonly Tree[]): readonly Named[] {
  let last = "";
  return items.map((item) => {
    if (item.kind === "list") {
      const parts = named(item.items);
      if (parts.every(({ name }) => name !== "")) {
        const tuple: Tree = { kind: "group", open: "(", close: ")", items: parts.map(({ value }) => value) };
        last = parts.map(({ name }) => name).join();
        return { name: last, value: tuple };
      }
    }
    if (item.kind !== "relation" || item.operators.join() !== "=" || !isName(item.sides[0]!))
      return { name: last, value: item };
    last = spelled(item.sides[0]!);
    return { name: last, value: item.sides[1]! };
  });
}
