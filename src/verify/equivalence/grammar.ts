/**
 * @module
 * The grammar of answers, in LaTeX and in plain mathematics:
 *
 *     answer   = list
 *     list     = members {";" members}          members = relation {["," | "and" | "or"] relation}
 *     relation = ratio {("=" | "≈" | "!=" | "<" | "<=" | ">" | ">=" | "∈") ratio}
 *     ratio    = union {":" union}              union   = sum {("∪" | "∩" | "∖") sum}
 *     sum      = [sign] product {sign product}  sign    = "+" | "-" | "±" | "∓"
 *     product  = power {["*" | "/"] power} [unit]
 *     power    = postfix ["^" argument]
 *     postfix  = primary {"!" | "%" | "°" | "_" subscript}
 *     primary  = numeral | symbol | function argument | "\frac" argument argument | "\sqrt" ["[" degree "]"] argument
 *              | bracket list bracket | "|" sum "|" | matrix
 *
 * A factor may follow another without a sign, but a numeral never follows a numeral: "8 8" is no product. Members need
 * no sign between them after a unit: "2 h 30 min".
 */
import { NO_PARSE } from "./cursor.ts";
import { Primaries } from "./primaries.ts";
import { type Rational, times } from "./rational.ts";
import { conjoined } from "./relations.ts";
import { type Token, tokenize, withoutEnds } from "./tokens.ts";
import type { Numeral, Tree } from "./tree.ts";
import { PERCENT_WORDS, SCALES } from "./unit-names.ts";
import { perUnit, unitAt } from "./units.ts";

const CONJUNCTIONS = new Set(["and", "or", "AND", "OR", "und", "oder", "和", "或", "与", "及"]);
/** Words between two numbers, "2 to 3", that are no product of letters. */
const BETWEEN = new Set(["to", "of", "by", "in", "vs"]);
const AND = new Set(["and", "AND", "∧"]);
const RELATIONS = new Set(["=", "≈", "!=", "<", "<=", ">", ">=", "∈"]);

class Parser extends Primaries {
  answer(): Tree {
    const tree = this.list();
    while (this.at < this.tokens.length && this.is("}")) this.at++;
    if (this.at < this.tokens.length) throw NO_PARSE;
    return tree;
  }

  protected override list(): Tree {
    const first = this.#members();
    if (!this.is(";")) return first;
    const items = [first];
    while (this.is(";")) {
      this.at++;
      items.push(this.#members());
    }
    return this.node({ kind: "list", items });
  }

  /** A list; its item where it has one. */
  #members(): Tree {
    const first = this.relation();
    const isAnd = AND.has(this.token?.text ?? "");
    if (!this.#separator(first)) return first;
    const items = [first];
    do items.push(this.relation());
    while (this.#separator(items.at(-1)!));
    const chain = isAnd && items.length === 2 ? conjoined(items) : undefined;
    return this.node(chain ?? { kind: "list", items });
  }

  /** Passes "," "and" "or" and combinations of them. A number follows a quantity and a condition an item without one. */
  #separator(last: Tree): boolean {
    const from = this.at;
    if (this.token === undefined) return false;
    if (last.kind === "quantity" && this.token.kind === "number") return true;
    if (this.is("(") && this.isCondition()) return true;
    if (this.is(",")) this.at++;
    const mark = this.token?.text ?? "";
    if (CONJUNCTIONS.has(mark) || (mark === "∧" && last.kind === "relation")) this.at++;
    return this.at > from;
  }

  protected override relation(): Tree {
    const first = this.#ratio();
    if (!this.#isRelation()) return first;
    const sides = [first];
    const operators: string[] = [];
    while (this.#isRelation()) {
      operators.push(this.token!.text);
      this.at++;
      sides.push(this.#ratio());
    }
    return this.node({ kind: "relation", operators, sides });
  }

  #isRelation(): boolean {
    const token = this.token;
    return token?.kind === "sign" && RELATIONS.has(token.text);
  }

  #ratio(): Tree {
    const first = this.#union();
    if (!this.is(":")) return first;
    const parts = [first];
    while (this.is(":")) {
      this.at++;
      parts.push(this.#union());
    }
    return this.node({ kind: "ratio", parts });
  }

  #union(): Tree {
    const first = this.sum();
    if (!this.is("∪", "∩", "∖")) return first;
    const parts = [first];
    const operator = this.token!.text;
    while (this.is("∪", "∩", "∖")) {
      if (this.token!.text !== operator) throw NO_PARSE;
      this.at++;
      parts.push(this.sum());
    }
    return this.node({ kind: "union", operator, parts });
  }

  protected override sum(): Tree {
    return this.nested(() => {
      const first = this.is("+", "-", "±", "∓") ? undefined : this.product();
      if (first !== undefined && !this.is("+", "-", "±", "∓")) return first;
      let left: Tree | undefined;
      let signs = 0;
      const terms = first === undefined ? [] : [first];
      while (this.is("+", "-", "±", "∓")) {
        const sign = this.token!.text;
        this.at++;
        const term = this.product();
        if (sign === "+") terms.push(term);
        else if (sign === "-") terms.push(this.node({ kind: "negate", of: term }));
        else {
          this.link(++signs);
          left = sumOf(terms.splice(0));
          terms.push(this.node({ kind: "plus-minus", left, right: term, sign: sign === "±" ? 1 : -1 }));
        }
      }
      const sum = sumOf(terms)!;
      return sum.kind === "sum" ? this.node(sum) : sum;
    });
  }

  protected override product(): Tree {
    let tree: Tree = this.signed();
    let quotients = 0;
    for (;;) {
      const token = this.token;
      if (token === undefined) break;
      const rate = tree.kind === "quantity" ? this.#rate(tree) : undefined;
      if (rate !== undefined) {
        tree = rate;
        continue;
      }
      if (this.is("*", "/")) {
        if (token.text === "/") this.link(++quotients);
        this.at++;
        const right = this.signed();
        tree = token.text === "/" ? this.#over(tree, right) : this.times(tree, right);
        continue;
      }
      const behind = this.#behindNumber(tree);
      if (behind !== undefined) {
        tree = behind;
        continue;
      }
      if (!this.startsFactor(token) || tree.kind === "quantity") break;
      // "x2" may be x², x₂ or a name, but is not 2x.
      const before = this.tokens[this.at - 1];
      if (token.kind === "number" && before?.kind === "letters" && (!token.space || BETWEEN.has(before.text)))
        throw NO_PARSE;
      tree =
        token.kind === "number" && isNumeral(tree) ? this.#mixed(tree) : this.#beside(tree, this.power());
    }
    return tree;
  }

  /** A factor that follows without a sign; a fraction after a numeral makes a mixed number. */
  #beside(left: Tree, right: Tree): Tree {
    if (isNumeral(left) && isMarked(right) && right.of.kind === "quotient")
      return this.node({ ...right, of: this.#beside(left, right.of) });
    if (!isNumeral(left) || right.kind !== "quotient") return this.times(left, right);
    if (!isNumeral(right.top) || !isNumeral(right.bottom)) return this.times(left, right);
    return this.node({ kind: "mixed", whole: left, part: right });
  }

  protected override signed(): Tree {
    if (!this.is("-", "+")) return this.power();
    const isNegative = this.token!.text === "-";
    this.at++;
    const of = this.nested(() => this.signed());
    return isNegative ? this.node({ kind: "negate", of }) : of;
  }

  protected override times(left: Tree, right: Tree): Tree {
    const factors = [...(left.kind === "product" ? left.factors : [left]), right];
    if (factors.length > 200) throw NO_PARSE;
    return this.node({ kind: "product", factors });
  }

  /** A quotient; the mark of "3/4%" is the fraction's. */
  #over(left: Tree, right: Tree): Tree {
    if (!isNumeral(left) || !isMarked(right) || !isNumeral(right.of)) return this.quotient(left, right);
    return this.node({ ...right, of: this.quotient(left, right.of) });
  }

  /** "$3 per hour": an amount before its unit, and what it is for. */
  #rate(tree: Tree & { readonly kind: "quantity" }): Tree | undefined {
    if (!(this.is("/") || this.token?.text === "per")) return undefined;
    const found = unitAt(this.tokens, this.at + 1);
    if (found === undefined || !this.#endsItem(found.end)) return undefined;
    this.at = found.end;
    return this.node({ ...tree, unit: perUnit(tree.unit, found.unit) });
  }

  /** "1 1/2": the numeral before, and the fraction that follows it. */
  #mixed(whole: Numeral): Tree {
    const [top, slash, bottom] = this.tokens.slice(this.at, this.at + 3);
    if (top?.kind !== "number" || slash?.text !== "/" || bottom?.kind !== "number") throw NO_PARSE;
    this.at += 3;
    const part = this.quotient(this.numeral(top.text), this.numeral(bottom.text));
    const mixed = this.#postfixes(this.node({ kind: "mixed", whole, part }));
    if (!this.is("^")) return mixed;
    this.at++;
    if (!this.#takeDegreeSign(true)) throw NO_PARSE;
    return this.degrees(mixed);
  }

  /** Percent words, scales and units after a tree that is a number. */
  #behindNumber(of: Tree): Tree | undefined {
    const token = this.token!;
    if (token.kind === "currency") {
      this.at++;
      return this.node({ kind: "quantity", of, unit: token.text });
    }
    if (token.kind !== "letters" && token.kind !== "other" && token.kind !== "command") return undefined;
    const word = token.text.toLowerCase();
    if (of.kind === "quantity" && of.of.kind === "number" && SCALES.has(word)) {
      const scaled = this.#behindNumber(of.of);
      return scaled && this.node({ ...of, of: scaled });
    }
    if (hasSymbols(of) || of.kind === "quantity") return undefined;
    if (word === "per" && this.tokens[this.at + 1]?.text === "cent") {
      this.at += 2;
      return this.node({ kind: "percent", of });
    }
    if (PERCENT_WORDS.has(word)) {
      this.at++;
      return of.kind === "percent" ? of : this.node({ kind: "percent", of });
    }
    const scale = SCALES.get(word);
    if (scale !== undefined && of.kind === "number") {
      this.at++;
      const value: Rational = times(of.value, { top: scale, bottom: 1n });
      return this.node({ ...of, value, text: `${of.text} ${word}` });
    }
    const found = unitAt(this.tokens, this.at);
    if (found === undefined || !this.#endsItem(found.end)) return undefined;
    this.at = found.end;
    if (found.unit === "°") return this.node({ kind: "degrees", of });
    return this.node({ kind: "quantity", of, unit: found.unit });
  }

  #endsItem(at: number): boolean {
    const token = this.tokens[at];
    if (token === undefined) return true;
    if (token.kind === "letters") return token.text === "and" || token.text === "or";
    // "2 h 30 min"
    if (token.kind === "number") return unitAt(this.tokens, at + 1) !== undefined;
    if (token.kind !== "sign") return false;
    return /^(?:[,;:)\]}⟩=≈&<>]|\\\}|\\\\|<=|>=|!=)$/.test(token.text);
  }

  protected override startsFactor(token: Token): boolean {
    if (token.kind === "sign") {
      if (token.text === "|") return this.bars === 0;
      if (token.text === "(" && this.isCondition()) return false;
      return /^(?:[([{⟨∞∅∠△]|\\\{)$/.test(token.text);
    }
    if (token.kind === "letters" && CONJUNCTIONS.has(token.text)) return false;
    if (token.kind === "command" && (token.text === "over" || token.text.startsWith("end:"))) return false;
    return token.kind !== "currency" && token.kind !== "other";
  }

  protected override power(): Tree {
    return this.powered(this.primary());
  }

  /** A base with its marks and its power. */
  protected override powered(primary: Tree): Tree {
    const base = this.#postfixes(primary);
    if (!this.is("^")) return base;
    this.at++;
    const primes = this.#primes();
    if (primes > 0 && base.kind === "symbol") {
      return this.applied(this.node({ ...base, name: base.name + "'".repeat(primes) }));
    }
    if (primes > 0) return this.node({ kind: "call", name: "prime", args: [base] });
    if (this.#takeDegreeSign(base.kind === "number")) return this.degrees(base);
    const exponent = this.argument();
    const power = this.node({ kind: "power", base, exponent } as const);
    return this.is("^") ? this.#tower(power) : this.#postfixes(power);
  }

  /** "9^9^9": the exponent is the tower above. */
  #tower(power: Tree & { readonly kind: "power" }): Tree {
    this.at++;
    const above = this.nested(() => {
      const exponent = this.argument();
      const tree = this.node({ kind: "power", base: power.exponent, exponent } as const);
      return this.is("^") ? this.#tower(tree) : tree;
    });
    return this.node({ kind: "power", base: power.base, exponent: above });
  }

  /** Primes after "^", in braces or not, and how many there are. */
  #primes(): number {
    const from = this.at;
    if (this.is("{")) this.at++;
    const first = this.at;
    while (this.is("'")) this.at++;
    const count = this.at - first;
    if (count === 0) this.at = from;
    else if (first > from && this.is("}")) this.at++;
    return count;
  }

  /** "°", "o" or one of them in braces, after "^". */
  #takeDegreeSign(isNumber: boolean): boolean {
    const isDegree = (token: Token | undefined) => token?.text === "°" || (isNumber && token?.text === "o");
    if (isDegree(this.token)) {
      this.at++;
      return true;
    }
    const [open, degree, close] = this.tokens.slice(this.at, this.at + 3);
    if (open?.text !== "{" || !isDegree(degree) || close?.text !== "}") return false;
    this.at += 3;
    return true;
  }

  #postfixes(tree: Tree): Tree {
    for (let marks = 0; ; marks++) {
      this.link(marks);
      if (this.is("!")) {
        this.at++;
        tree = this.node({ kind: "factorial", of: tree });
      } else if (this.is("%")) {
        this.at++;
        tree = this.node({ kind: "percent", of: tree });
      } else if (this.is("°")) {
        this.at++;
        tree = this.degrees(tree);
      } else if (this.is("℃")) {
        this.at++;
        tree = this.node({ kind: "quantity", of: tree, unit: "°C" });
      } else return tree;
    }
  }
}

function isNumeral(tree: Tree): tree is Numeral {
  return tree.kind === "number";
}

function isMarked(tree: Tree): tree is Tree & { readonly kind: "percent" | "degrees" } {
  return tree.kind === "percent" || tree.kind === "degrees";
}

function sumOf(terms: readonly Tree[]): Tree | undefined {
  return terms.length <= 1 ? terms[0] : { kind: "sum", terms };
}

/** Whether a tree before a possible unit has letters that may be variables; π and e are numbers. */
function hasSymbols(tree: Tree): boolean {
  if (tree.kind === "symbol") return tree.name !== "pi" && tree.name !== "e";
  if (tree.kind === "call" || tree.kind === "matrix" || tree.kind === "list" || tree.kind === "relation")
    return true;
  if (tree.kind === "product") return tree.factors.some(hasSymbols);
  if (tree.kind === "sum") return tree.terms.some(hasSymbols);
  if (tree.kind === "quotient") return hasSymbols(tree.top) || hasSymbols(tree.bottom);
  if (tree.kind === "power") return hasSymbols(tree.base) || hasSymbols(tree.exponent);
  if ("of" in tree) return hasSymbols(tree.of);
  return false;
}

/** The tree of an answer's tokens; undefined if they do not fit the grammar or exceed its budgets. */
export function parseTokens(tokens: readonly Token[]): Tree | undefined {
  try {
    return new Parser(withoutEnds(tokens)).answer();
  } catch (error) {
    if (error === NO_PARSE) return undefined;
    throw error;
  }
}

/** The tree of an answer's text. */
export function parseAnswer(text: string): Tree | undefined {
  return parseTokens(tokenize(text));
}
