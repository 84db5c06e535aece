/**
 * @module
 * A place in a list of tokens, and the budgets of a parse: nodes and depth.
 */
import type { Token } from "./tokens.ts";
import type { Tree } from "./tree.ts";

const MAX_NODES = 2000;
const MAX_DEPTH = 40;

/** Thrown within a parse when the tokens do not fit the grammar or exceed a budget; one object, as a stack is slow. */
export const NO_PARSE = new Error("no parse");

/** The input of a parser. */
export class Cursor {
  protected readonly tokens: readonly Token[];
  protected at = 0;
  #nodes = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  protected get token(): Token | undefined {
    return this.tokens[this.at];
  }

  /** Whether one of these signs comes next. */
  protected is(sign: string, second = sign, third = second, fourth = third): boolean {
    const token = this.token;
    if (token?.kind !== "sign") return false;
    const { text } = token;
    return text === sign || text === second || text === third || text === fourth;
  }

  /** Passes a sign that must come next. */
  protected take(sign: string): void {
    if (!this.is(sign)) throw NO_PARSE;
    this.at++;
  }

  /** Counts a node of the tree. */
  protected node<T extends Tree>(tree: T): T {
    if (++this.#nodes > MAX_NODES) throw NO_PARSE;
    return tree;
  }

  /** Counts a link of a chain that nests to the left, "1/2/3" or "5!!", since its tree is as deep as it is long. */
  protected link(count: number): void {
    if (count > MAX_DEPTH) throw NO_PARSE;
  }

  /** Parses one level deeper. */
  protected nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw NO_PARSE;
    const result = parse();
    this.#depth--;
    return result;
  }
}
