/**
 * @module
 * The grammar's smallest parts, `primary` and `argument` of `grammar.ts`: numerals, symbols, commands, brackets.
 */
import { Cursor, NO_PARSE } from "./cursor.ts";
import { rationalOf } from "./rational.ts";
import { CURRENCY_CODES, FUNCTIONS, VULGAR_FRACTIONS } from "./symbols.ts";
import type { Token } from "./tokens.ts";
import type { Numeral, Tree } from "./tree.ts";
import { unitAt } from "./units.ts";

const CLOSES: Readonly<Record<string, string>> = { "(": ")", "[": "]", "⟨": "⟩", "\\{": "\\}", "{": "}" };
/** Letters that are applied to an argument in brackets, "f(x)", rather than multiplied by it. */
const APPLIED = /^(?:[fgFGPWhH]|[fgh]')$/;

/** Functions whose power −1 is their inverse. */
const INVERTED: ReadonlySet<string> = new Set(["sin", "cos", "tan", "sec", "csc", "cot"]);

function isMinusOne(tree: Tree): boolean {
  return tree.kind === "negate" && tree.of.kind === "number" && tree.of.text === "1";
}

/** Parses primaries; the grammar parses the operators between them. */
export abstract class Primaries extends Cursor {
  /** Open bars of absolute values. */
  protected bars = 0;

  protected abstract list(): Tree;
  protected abstract relation(): Tree;
  protected abstract sum(): Tree;
  protected abstract product(): Tree;
  protected abstract signed(): Tree;
  protected abstract power(): Tree;
  protected abstract powered(base: Tree): Tree;
  protected abstract times(left: Tree, right: Tree): Tree;
  protected abstract startsFactor(token: Token): boolean;

  /** Degrees of an angle, or of Celsius, Fahrenheit or Kelvin where their letter follows. */
  protected degrees(of: Tree): Tree {
    const letter = this.token;
    if (letter?.kind === "letters" && /^[CFK]$/.test(letter.text)) {
      this.at++;
      return this.node({ kind: "quantity", of, unit: `°${letter.text}` });
    }
    return this.node({ kind: "degrees", of });
  }

  /** Whether a condition in brackets follows: "(k ∈ Z)". */
  protected isCondition(): boolean {
    return this.token?.text === "(" && this.tokens[this.at + 2]?.text === "∈";
  }

  /** The argument of a command: a group in braces, or one sign. */
  protected argument(): Tree {
    if (this.is("{")) {
      this.at++;
      const inner = this.nested(() => this.list());
      const group = this.#overs(inner);
      this.take("}");
      return group;
    }
    if (this.is("-", "+")) {
      const isNegative = this.token!.text === "-";
      this.at++;
      const of = this.argument();
      return isNegative ? this.node({ kind: "negate", of }) : of;
    }
    return this.primary();
  }

  /** "{1 \over 2}" */
  #overs(top: Tree): Tree {
    if (this.token?.kind !== "command" || this.token.text !== "over") return top;
    this.at++;
    return this.quotient(
      top,
      this.nested(() => this.list()),
    );
  }

  /** An argument of \frac or \sqrt without braces is one digit: "\frac12", "\sqrt3". */
  #digitArgument(rest: { digits: string }): Tree {
    const token = this.token;
    if (rest.digits === "" && token?.kind === "number" && /^\d+$/.test(token.text)) {
      this.at++;
      rest.digits = token.text;
    }
    if (rest.digits === "") return this.argument();
    const digit = this.numeral(rest.digits[0]!);
    rest.digits = rest.digits.slice(1);
    return digit;
  }

  #fraction(): Tree {
    const rest = { digits: "" };
    const top = this.#digitArgument(rest);
    const bottom = this.#digitArgument(rest);
    // "\frac123" is (1/2)·3 in LaTeX, which is never intended.
    if (rest.digits !== "") throw NO_PARSE;
    return this.quotient(top, bottom);
  }

  #root(): Tree {
    let degree: Tree | undefined;
    if (this.is("[")) {
      this.at++;
      degree = this.sum();
      this.take("]");
    }
    const of = this.argument();
    return this.node({ kind: "root", of, degree });
  }

  protected primary(): Tree {
    const token = this.token;
    if (token === undefined) throw NO_PARSE;
    switch (token.kind) {
      case "number":
        return this.#number(token);
      case "fraction": {
        this.at++;
        const [top, bottom] = VULGAR_FRACTIONS.get(token.text)!;
        return this.quotient(this.numeral(String(top)), this.numeral(String(bottom)));
      }
      case "currency": {
        this.at++;
        const of = this.signed();
        return this.node({ kind: "quantity", of, unit: token.text });
      }
      case "letters":
        return this.#letters(token);
      case "command":
        return this.#command(token);
      case "sign":
        return this.#bracketed(token);
      case "other":
        this.at++;
        return this.#symbol(token.text, true);
    }
  }

  protected numeral(text: string): Numeral {
    const value = rationalOf(text);
    if (value === undefined) throw NO_PARSE;
    return this.node({ kind: "number", value, text, isDecimal: /[.eE]/.test(text) && !text.endsWith(")") });
  }

  #number(token: Token): Tree {
    this.at++;
    return this.is("_") ? this.#based(token.text) : this.numeral(token.text);
  }

  /** "101_2" */
  #based(digits: string): Tree {
    this.at++;
    const base = this.argument();
    if (base.kind !== "number") throw NO_PARSE;
    return this.node({ kind: "based", digits, base: base.text });
  }

  #symbol(name: string, isWord: boolean): Tree {
    return this.#subscripted({ kind: "symbol", name, isWord });
  }

  /** A symbol with its subscript and primes in its name: "x_1", "a_n'". */
  #subscripted(symbol: Tree & { readonly kind: "symbol" }): Tree {
    let { name } = symbol;
    for (let parts = 0; ; parts++) {
      this.link(parts);
      if (this.is("_")) {
        this.at++;
        const from = this.at;
        this.nested(() => this.argument());
        const subscript = this.tokens.slice(from, this.at).map(({ text }) => text);
        name += `_${subscript.filter((text) => text !== "{" && text !== "}").join("")}`;
      } else if (this.is("'")) {
        this.at++;
        name += "'";
      } else break;
    }
    return this.node({ ...symbol, name });
  }

  #letters(token: Token): Tree {
    const { text } = token;
    this.at++;
    if (FUNCTIONS.has(text)) return this.#function(text);
    const currency = CURRENCY_CODES.get(text);
    if (currency !== undefined && (this.token?.kind === "number" || this.token?.kind === "currency")) {
      if (this.token.kind === "currency") this.at++;
      return this.node({ kind: "quantity", of: this.signed(), unit: currency });
    }
    if (text === "abs" && this.is("(")) return this.node({ kind: "absolute", of: this.primary() });
    if (/^(?:pi|infinity|inf|Infinity|oo)$/.test(text))
      return this.#symbol(text === "pi" ? "pi" : "∞", false);
    if (text === "sqrt") return this.#root();
    if (text === "cbrt") return this.node({ kind: "root", of: this.argument(), degree: this.numeral("3") });
    if (text.length > 2 && !this.#isGlued(token)) return this.#symbol(text, true);
    if (text.length === 1 && APPLIED.test(text) && this.is("(")) return this.#application(text);
    if (text.length === 1) return this.applied(this.#symbol(text, false));
    // An exponent or a subscript belongs to the last letter alone.
    const first = Array.from(text.slice(0, -1), (letter) =>
      this.node({ kind: "symbol", name: letter, isWord: false } as const),
    );
    const factors = [...first, this.powered(this.#symbol(text.slice(-1), false))];
    return this.node({ kind: "product", factors });
  }

  protected applied(symbol: Tree): Tree {
    const name = symbol.kind === "symbol" ? symbol.name : "";
    return APPLIED.test(name) && this.is("(") ? this.#application(name) : symbol;
  }

  #application(name: string): Tree {
    this.at++;
    const argument = this.nested(() => this.list());
    this.take(")");
    return this.node({ kind: "call", name, args: [argument] });
  }

  /** Whether letters are a term, "2xyz" or "abc^2", rather than a word. */
  #isGlued(token: Token): boolean {
    const before = this.tokens[this.at - 2];
    const isBehind = !token.space && !token.isText && before?.kind === "number";
    return isBehind && token.text.length <= 4 && !unitAt(this.tokens, this.at - 1);
  }

  #command(token: Token): Tree {
    this.at++;
    if (token.text === "frac") return this.#fraction();
    if (token.text === "sqrt") return this.#root();
    if (token.text === "binom") {
      const args = [this.argument(), this.argument()];
      return this.node({ kind: "call", name: "binom", args });
    }
    if (/^(?:sum|prod|int|lim)$/.test(token.text)) return this.#bigOperator(token.text);
    if (token.text.startsWith("begin:")) return this.#matrix(token.text.slice("begin:".length));
    if (token.text.startsWith("end:")) throw NO_PARSE;
    return FUNCTIONS.has(token.text) ? this.#function(token.text) : this.#symbol(token.text, false);
  }

  /** A sum, product, integral or limit: its bounds and its body, compared literally. */
  #bigOperator(name: string): Tree {
    const args: Tree[] = [];
    while (this.is("_", "^")) {
      this.at++;
      args.push(this.argument());
    }
    args.push(this.product());
    return this.node({ kind: "call", name, args });
  }

  /** A function with its power and base, and its argument: one in brackets, or the factors up to the next function. */
  #function(name: string): Tree {
    let base: Tree | undefined;
    let exponent: Tree | undefined;
    while (this.is("_", "^")) {
      const isBase = this.is("_");
      this.at++;
      if (isBase) base = this.argument();
      else exponent = this.argument();
    }
    const argument = this.nested(() => this.#functionArgument());
    const args = base === undefined ? [argument] : [argument, base];
    // sin⁻¹ is the inverse function.
    const isInverse = exponent !== undefined && INVERTED.has(name) && isMinusOne(exponent);
    if (isInverse) return this.node({ kind: "call", name: `arc${name}`, args });
    const call = this.node({ kind: "call", name, args } as const);
    return exponent === undefined ? call : this.node({ kind: "power", base: call, exponent });
  }

  #functionArgument(): Tree {
    if (this.is("(", "[", "{")) return this.power();
    let tree = this.signed();
    for (let token = this.token; token !== undefined; token = this.token) {
      if (token.kind === "letters" && FUNCTIONS.has(token.text)) break;
      if (token.kind === "command" && FUNCTIONS.has(token.text)) break;
      if (!this.startsFactor(token) || token.kind === "number" || this.is("(", "[", "\\{")) break;
      tree = this.times(tree, this.power());
    }
    return tree;
  }

  #bracketed(token: Token): Tree {
    this.at++;
    if (token.text === "|") {
      this.bars++;
      const of = this.nested(() => this.sum());
      this.take("|");
      this.bars--;
      return this.node({ kind: "absolute", of });
    }
    if (token.text === "∞") return this.node({ kind: "symbol", name: "∞", isWord: false });
    if (token.text === "∅") return this.node({ kind: "group", open: "{", close: "}", items: [] });
    if (token.text === "∠" || token.text === "△") {
      const of = this.primary();
      return this.node({ kind: "call", name: token.text, args: [of] });
    }
    const close = CLOSES[token.text];
    if (close === undefined) throw NO_PARSE;
    return this.#group(token.text, close);
  }

  #group(open: string, close: string): Tree {
    const bars = this.bars;
    this.bars = 0;
    const isInterval = open === "(" || open === "[";
    if (this.is(close) && open === "\\{") {
      this.at++;
      return this.node({ kind: "group", open: "{", close: "}", items: [] });
    }
    const condition = open === "\\{" ? this.#setBuilder() : undefined;
    const inner = condition ?? this.nested(() => this.list());
    if (open === "{" && this.token?.text === "over") {
      const fraction = this.#overs(inner);
      this.take("}");
      this.bars = bars;
      return fraction;
    }
    const closing = this.token?.text ?? "";
    if (closing !== close && !(isInterval && /^[)\]]$/.test(closing))) throw NO_PARSE;
    this.at++;
    this.bars = bars;
    if (condition !== undefined) return condition;
    if (inner.kind === "number" && this.is("_")) return this.#based(inner.text);
    const items = inner.kind === "list" ? inner.items : [inner];
    if (items.length === 1 && (open === "{" || (open === "(" && closing === ")"))) return items[0]!;
    if (items.length === 1 && items[0]!.kind === "matrix") return items[0]!;
    // A vector in angle brackets is the point that it leads to.
    const name = (bracket: string) => bracket.replace("\\", "").replace("⟨", "(").replace("⟩", ")");
    return this.node({ kind: "group", open: name(open), close: name(closing), items });
  }

  /** The condition of "x | x > 2", "x ∈ R : x > 2" in braces; undefined where the set lists its members. */
  #setBuilder(): Tree | undefined {
    const [variable, next, , after] = this.tokens.slice(this.at, this.at + 4);
    const bar = next?.text === "∈" ? after : next;
    if (variable?.kind !== "letters" || variable.text.length !== 1 || !/^[|:]$/.test(bar?.text ?? "")) {
      return undefined;
    }
    const set = next?.text === "∈" ? this.tokens[this.at + 2]!.text : "R";
    this.at += bar === next ? 2 : 4;
    const condition = this.nested(() => this.list());
    const isRelation = (tree: Tree) => tree.kind === "relation";
    const holds = condition.kind === "list" ? condition.items.every(isRelation) : isRelation(condition);
    if (!holds) throw NO_PARSE;
    if (set === "R") return condition;
    const [letter, of] = [variable.text, set].map((name): Tree => ({ kind: "symbol", name, isWord: false }));
    const member = this.node({ kind: "relation", operators: ["∈"], sides: [letter!, of!] });
    return this.node({ kind: "list", items: [member, condition] });
  }

  #matrix(environment: string): Tree {
    const rows: Tree[][] = [[]];
    while (!this.#isEnd(environment)) {
      if (this.is("\\\\")) {
        this.at++;
        rows.push([]);
      } else if (this.is("&")) {
        this.at++;
        if (rows.at(-1)!.length === 0) throw NO_PARSE;
      } else if (this.token === undefined) throw NO_PARSE;
      else rows.at(-1)!.push(this.nested(() => this.relation()));
      if (this.is(",")) this.at++;
    }
    this.at++;
    const filled = rows.filter((row) => row.length > 0);
    if (!/^(?:[pbvBV]?matrix|array|smallmatrix|cases|aligned?)$/.test(environment)) throw NO_PARSE;
    const matrix = { kind: "matrix", rows: filled, isSystem: /^(?:cases|align)/.test(environment) } as const;
    const tree = this.node(matrix);
    // In bars it is the determinant, in double bars the norm.
    return /^v/i.test(environment) ? this.node({ kind: "call", name: environment, args: [tree] }) : tree;
  }

  #isEnd(environment: string): boolean {
    return this.token?.kind === "command" && this.token.text === `end:${environment}`;
  }

  protected quotient(top: Tree, bottom: Tree): Tree {
    return this.node({ kind: "quotient", top, bottom });
  }
}
