/**
 * @module
 * Equations, inequalities and memberships: the name of each, and the value or interval that it assigns.
 */
import { spelled } from "./canonical.ts";
import { exactValue, isUndone } from "./exact.ts";
import { doubleOf } from "./rational.ts";
import { byKind, type Cases, some, type Tree } from "./tree.ts";
import { constantRatioSign, constantValue } from "./value.ts";

type Group = Tree & { readonly kind: "group" };
export type Relation = Tree & { readonly kind: "relation" };

const INFINITE: Tree = { kind: "symbol", name: "∞", isWord: false };

/** Whether a tree names a value: a symbol, letters, words, a function of names, their ratio or length, a point. */
export function isName(tree: Tree): boolean {
  return byKind(names, tree, undefined) === true;
}

const names: Cases<undefined, boolean> = {
  symbol: ({ name }) => name !== "∞",
  product: ({ factors }) => isProductName(factors),
  call: ({ name }) => name !== "sum" && name !== "int",
  absolute: ({ of }) => isName(of),
  quotient: ({ top, bottom }) => isName(top) && isName(bottom),
  ratio: ({ parts }) => parts.every(isName),
  group: ({ open, items }) => open === "(" && items.every(isName),
};

/** "AB", "total cost", "dy", "pH", "m∠ABC" */
function isProductName(factors: readonly Tree[]): boolean {
  const [first, second, ...more] = factors;
  const letter = first?.kind === "symbol" && more.length === 0 ? first.name : "";
  if (second?.kind === "symbol" && (letter === "d" || (letter === "p" && second.name === "H"))) return true;
  if (letter === "m" && second?.kind === "call" && second.name === "∠") return true;
  const parts = factors.flatMap((part) => (part.kind === "product" ? part.factors : [part]));
  const symbols = parts.filter((part) => part.kind === "symbol");
  if (symbols.length < parts.length) return false;
  return symbols.some(({ isWord }) => isWord) || symbols.every(({ name }) => /^[A-Z]'?$/.test(name));
}

/** "x ∈ S" */
export function isMembership(relation: Relation): boolean {
  return relation.operators.join() === "∈";
}

export function areOneName(a: Tree, b: Tree): boolean {
  if (spelled(a) === spelled(b)) return true;
  const isApplied = (tree: Tree) => tree.kind === "call" && tree.name.length === 1;
  const isOrdinate = (tree: Tree) => tree.kind === "symbol" && tree.name === "y";
  if (a.kind === "symbol" && b.kind === "symbol")
    return isNumbered(a.name, b.name) || isNumbered(b.name, a.name);
  return (isApplied(a) && isOrdinate(b)) || (isApplied(b) && isOrdinate(a));
}

/** Whether a name is the other with a number: the solutions of x are x_1 and x_2. */
function isNumbered(numbered: string, name: string): boolean {
  return numbered.startsWith(name) && /^_[1-9]$/.test(numbered.slice(name.length));
}

/** The relation with its name on the left: "5 = x", "5 >= x". */
export function oriented(relation: Relation): Relation {
  const [left, right] = relation.sides;
  if (isMembership(relation) || relation.sides.length !== 2) return relation;
  if (isName(left!) || !isName(right!)) return relation;
  return { ...relation, operators: relation.operators.map(turned), sides: [right!, left!] };
}

function turned(operator: string): string {
  return (
    ({ "<": ">", ">": "<", "<=": ">=", ">=": "<=" } as Readonly<Record<string, string>>)[operator] ?? operator
  );
}

type Same = (a: Tree, b: Tree) => boolean;

/**
 * The value that a relation gives to a name: "x = 5", "x ∈ [0, 1]", or a chain "x = 1/3 ≈ 0.333" whose values agree.
 * A chain has its first value, or, where that is arithmetic left undone, the next value that is not: "x = 2 + 3 = 5".
 * Without a name a chain "√3/3 ≈ 0.577" has the value of its first side.
 */
export function namedValue(relation: Relation, same: Same): Tree | undefined {
  if (isMembership(relation)) return isName(relation.sides[0]!) ? relation.sides[1] : undefined;
  const chain = chainOf(relation, same);
  if (chain === undefined) return undefined;
  const { values, signs } = chain;
  const rounded = signs.indexOf("≈");
  const exact = rounded < 0 ? values : values.slice(0, rounded + 1);
  return exact.find((value) => !isUndone(value)) ?? values[0];
}

/** The rounded value that ends a chain whose values agree, as 0.577 ends "√3/3 ≈ 0.577". */
export function roundedValue(relation: Relation, same: Same): Tree | undefined {
  if (relation.operators.at(-1) !== "≈") return undefined;
  return chainOf(relation, same)?.values.at(-1);
}

/** The values of "x = a = b" or "a ≈ b", and the signs between them. */
interface Chain {
  readonly values: readonly Tree[];
  readonly signs: readonly string[];
}

/** The chain that a relation is; undefined where its values do not agree. */
function chainOf(relation: Relation, same: Same): Chain | undefined {
  const { operators, sides } = oriented(relation);
  if (!operators.every((operator) => operator === "=" || operator === "≈")) return undefined;
  const hasName = isName(sides[0]!);
  if (!hasName && operators.includes("=")) return undefined;
  const values = hasName ? sides.slice(1) : sides;
  const signs = hasName ? operators.slice(1) : operators;
  const agrees = signs.every((sign, i) => {
    const [value, next] = [values[i]!, values[i + 1]!];
    return sign === "≈" ? isRoughly(value, next) : same(value, next) || isResult(value, next);
  });
  return agrees ? { values, signs } : undefined;
}

/** Whether constants are equal, of which one may be arithmetic left undone: "2 + 3" and "5". */
function isResult(a: Tree, b: Tree): boolean {
  if (!isUndone(a) && !isUndone(b)) return false;
  const [x, y] = [constantValue(a), constantValue(b)];
  return x !== undefined && y !== undefined && Math.abs(x - y) <= 1e-12 * Math.max(Math.abs(x), Math.abs(y));
}

/** Whether b is a rounded to b's last place. */
function isRoughly(a: Tree, b: Tree): boolean {
  if (b.kind === "negate") return isRoughly(a.kind === "negate" ? a.of : { kind: "negate", of: a }, b.of);
  if (b.kind !== "number" || !b.isDecimal) return false;
  const [x, y] = [exactValue(a), exactValue(b)];
  const places = b.text.split(".")[1]?.length ?? 0;
  if (x !== undefined && y !== undefined)
    return Math.abs(doubleOf(x) - doubleOf(y)) <= 0.5001 * 10 ** -places;
  return x === undefined && !isUndone(a) && approximates(a, Number(b.text), places);
}

function approximates(a: Tree, decimal: number, places: number): boolean {
  const value = constantValue(a);
  return value !== undefined && Math.abs(value - decimal) <= 0.5001 * 10 ** -places;
}

/**
 * The union of intervals that inequalities in one name describe together, "x < -1 or x > 1", or that "x ≠ 2" leaves;
 * undefined where one of them describes no interval.
 */
export function unionOf(tree: Tree): Tree | undefined {
  const relations = tree.kind === "list" ? tree.items : [tree];
  const parts: Tree[] = [];
  let name: string | undefined;
  for (const relation of relations) {
    if (relation.kind !== "relation") return undefined;
    const { operators, sides } = oriented(relation);
    const of = nameOf({ ...relation, operators, sides });
    if (of === undefined || (name !== undefined && name !== spelled(of))) return undefined;
    name = spelled(of);
    if (operators.join() === "!=") {
      parts.push(interval("<", { kind: "negate", of: INFINITE }, sides[1]!, "<"));
      parts.push(interval(">", sides[1]!, INFINITE, "<"));
    } else {
      const part = intervalOf(relation);
      if (part === undefined) return undefined;
      parts.push(part);
    }
  }
  return parts.length < 2 ? undefined : { kind: "union", operator: "∪", parts };
}

/** ℝ without some numbers, "\\mathbb{R} \\setminus \\{2\\}", as its union of intervals; every other tree as it is. */
export function withoutHoles(tree: Tree): Tree {
  if (tree.kind !== "union" || tree.operator !== "∖" || tree.parts.length !== 2) return tree;
  const [reals, holes] = tree.parts;
  if (reals?.kind !== "symbol" || reals.name !== "R" || holes === undefined) return tree;
  const numbers = holes.kind === "group" && holes.open === "{" ? holes.items : [holes];
  const places = numbers.map((hole) => ({ hole, at: constantValue(hole) ?? Number.NaN }));
  if (places.length === 0 || places.some(({ at }) => Number.isNaN(at))) return tree;
  const sorted = places.toSorted((a, b) => a.at - b.at).map(({ hole }) => hole);
  const [ends, starts] = [
    [...sorted, INFINITE],
    [{ kind: "negate", of: INFINITE } as Tree, ...sorted],
  ];
  const parts = ends.map((end, i) => interval("<", starts[i]!, end, "<"));
  return { kind: "union", operator: "∪", parts };
}

/** The point of "A(1, 2)"; undefined for all else. */
export function namedPoint(tree: Tree): Tree | undefined {
  if (tree.kind === "call" && /^[A-Z]'?$/.test(tree.name)) {
    const [list] = tree.args;
    return list?.kind === "list" ? { kind: "group", open: "(", close: ")", items: list.items } : undefined;
  }
  if (tree.kind !== "product" || tree.factors.length !== 2) return undefined;
  const [name, point] = tree.factors;
  const isNamed = name?.kind === "symbol" && /^[A-Z]'?$/.test(name.name);
  return isNamed && point?.kind === "group" && point.open === "(" && point.items.length > 1
    ? point
    : undefined;
}

/** Whether two trees are ℝ and the interval of all real numbers. */
export function areReals(a: Tree, b: Tree): boolean {
  const [set, group] = a.kind === "symbol" ? [a, b] : [b, a];
  if (set.kind !== "symbol" || set.name !== "R" || group.kind !== "group" || group.open !== "(") return false;
  return spelled(group) === spelled(interval("<", { kind: "negate", of: INFINITE }, INFINITE, "<"));
}

/** The items without a condition on one of their letters: "k ∈ Z" behind "π/4 + kπ". */
export function withoutConditions(items: readonly Tree[]): readonly Tree[] {
  const last = items.at(-1);
  if (items.length < 2 || last?.kind !== "relation" || !isMembership(last)) return items;
  const [letter, set] = last.sides;
  if (letter?.kind !== "symbol" || set?.kind !== "symbol" || !/^[ZNRQ](?:_.*)?$/.test(set.name)) return items;
  const rest = items.slice(0, -1);
  const isUsed = rest.some((item) =>
    some(item, (part) => part.kind === "symbol" && part.name === letter.name),
  );
  const isBound = rest.some(
    (item) => item.kind === "relation" && item.sides.some((side) => spelled(side) === letter.name),
  );
  return isUsed && !isBound ? rest : items;
}

export function nameOf(relation: Relation): Tree | undefined {
  const side = relation.sides.length === 3 ? relation.sides[1] : relation.sides[0];
  return side !== undefined && isName(side) ? side : undefined;
}

/** The interval of an inequality in one name, "x >= 5" or "-2 < x <= 7". */
export function intervalOf(relation: Relation): Group | undefined {
  const { operators, sides } = oriented(relation);
  if (nameOf({ ...relation, operators, sides }) === undefined) return undefined;
  if (sides.length === 3) {
    const isRising = operators.every((operator) => operator === "<" || operator === "<=");
    const isFalling = operators.every((operator) => operator === ">" || operator === ">=");
    if (!isRising && !isFalling) return undefined;
    const [low, high] = isRising ? [0, 1] : [1, 0];
    const ends = isRising ? [sides[0]!, sides[2]!] : [sides[2]!, sides[0]!];
    return interval(operators[low]!, ends[0]!, ends[1]!, operators[high]!);
  }
  const [operator] = operators;
  if (operator === ">" || operator === ">=") return interval(operator, sides[1]!, INFINITE, "<");
  if (operator === "<" || operator === "<=")
    return interval("<", { kind: "negate", of: INFINITE }, sides[1]!, operator);
  return undefined;
}

/** "3 < x < 5" of "x > 3" and "x < 5"; undefined where two relations are not the ends of one interval. */
export function conjoined([first, second]: readonly Tree[]): Relation | undefined {
  if (first?.kind !== "relation" || second?.kind !== "relation") return undefined;
  const ends = [oriented(first), oriented(second)];
  if (ends.some(({ sides }) => sides.length !== 2 || !isName(sides[0]!))) return undefined;
  const [low, high] = [">", "<"].map((sign) => ends.find(({ operators }) => operators[0]!.startsWith(sign)));
  if (low === undefined || high === undefined || spelled(low.sides[0]!) !== spelled(high.sides[0]!))
    return undefined;
  const [from, to] = [low.sides[1]!, high.sides[1]!];
  const isOrdered = (constantValue(from) ?? Number.NaN) < (constantValue(to) ?? Number.NaN);
  const operators = [turned(low.operators[0]!), high.operators[0]!];
  return isOrdered ? { kind: "relation", operators, sides: [from, low.sides[0]!, to] } : undefined;
}

function interval(lower: string, low: Tree, high: Tree, upper: string): Group {
  return {
    kind: "group",
    open: lower.endsWith("=") ? "[" : "(",
    close: upper.endsWith("=") ? "]" : ")",
    items: [low, high],
  };
}

/** Equations and inequalities of two sides: one is a constant multiple of the other, of the right sign. */
export function sameEquations(a: Relation, b: Relation): boolean {
  if (a.operators.length !== 1 || b.operators.length !== 1) return false;
  const [first, second] = [a.operators[0]!, b.operators[0]!];
  if (isSolved(a) ? isUnsolved(b) : isSolved(b) && isUnsolved(a)) return false;
  const isEquation = first === "=" || first === "!=";
  if (isEquation ? first !== second : ![first, turned(first)].includes(second)) return false;
  if (!isEquation && !/^[<>]=?$/.test(first)) return false;
  const [left, right] = [difference(a), difference(b)];
  if (isUndone(left) || isUndone(right)) return false;
  const sign = constantRatioSign(left, right);
  if (isEquation) return sign !== 0;
  return sign === (first === second ? 1 : -1);
}

/** "x = 2", "x > 2": one letter and a constant. */
function isSolved(relation: Relation): boolean {
  const [left, right] = oriented(relation).sides;
  return left!.kind === "symbol" && constantValue(right!) !== undefined;
}

/** Whether a relation has yet to be solved for its one letter: "2x + 3 = 7", but not "2x = 4" or the line "x - 2 = 0". */
function isUnsolved({ sides }: Relation): boolean {
  const sum = sides.find((side) => side.kind === "sum");
  if (sum === undefined) return false;
  const isZero = sides.some((side) => side.kind === "number" && side.text === "0");
  return !isZero || !sum.terms.some(({ kind }) => kind === "symbol");
}

function difference({ sides: [left, right] }: Relation): Tree {
  return { kind: "sum", terms: [left!, { kind: "negate", of: right! }] };
}
