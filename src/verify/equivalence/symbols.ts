/**
 * @module
 * The symbol table: maps every spelling of a sign, as a LaTeX command or a character, to one token.
 */

function table(rows: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(rows).flatMap(([sign, spellings]) =>
      spellings.split(" ").map((spelling) => [spelling, sign] as const),
    ),
  );
}

/** LaTeX commands that are operators or signs, by their names without the backslash. */
export const COMMAND_SIGNS = table({
  "*": "cdot times ast bullet",
  "/": "div",
  "±": "pm",
  "∓": "mp",
  "<": "lt",
  ">": "gt",
  "<=": "le leq leqslant leqq",
  ">=": "ge geq geqslant geqq",
  "!=": "ne neq",
  "≈": "approx simeq sim thickapprox",
  "=": "equiv",
  "∈": "in",
  "∪": "cup",
  "∩": "cap",
  "∖": "setminus backslash",
  "∅": "emptyset varnothing",
  "∞": "infty",
  "°": "degree circ",
  "%": "%",
  "|": "vert mid lvert rvert",
  ":": "colon",
  "'": "prime",
  "…": "ldots dots cdots dotsc dotsb",
  ",": "comma",
  "∠": "angle",
  "△": "triangle",
  "⊥": "perp",
  "∥": "parallel",
  "≅": "cong",
  "→": "to rightarrow longrightarrow",
  "⇒": "Rightarrow implies",
  "⊂": "subset",
  "⊆": "subseteq",
  "∧": "land wedge",
  "∨": "lor vee",
  "¬": "neg lnot",
});

/** Characters that are operators or signs. */
export const CHARACTER_SIGNS = table({
  "+": "+ ＋",
  "-": "- − – — ‐ ‑ － ﹣",
  "*": "* × · ⋅ ∙ • ✕",
  "/": "/ ÷ ∕ ⁄",
  "^": "^",
  _: "_",
  "=": "= ≡ ＝",
  "<": "< ＜",
  ">": "> ＞",
  "<=": "≤ ⩽ ≦",
  ">=": "≥ ⩾ ≧",
  "!=": "≠",
  "≈": "≈ ≃ ∼",
  "±": "±",
  "∓": "∓",
  "∈": "∈",
  "∪": "∪",
  "∩": "∩",
  "∖": "∖",
  "∅": "∅ Ø",
  "∞": "∞",
  "°": "° º ˚",
  "℃": "℃",
  "%": "% ％",
  "!": "!",
  "'": "' ′ ’",
  "|": "| ∣",
  ",": ", ， 、",
  ";": "; ；",
  ":": ": ： ∶",
  "&": "&",
  "(": "( （",
  ")": ") ）",
  "[": "[ 【",
  "]": "] 】",
  "{": "{",
  "}": "}",
  "⟨": "⟨ 〈",
  "⟩": "⟩ 〉",
  "∠": "∠",
  "△": "△",
  "⊥": "⊥ ⟂",
  "∥": "∥ ‖",
  "≅": "≅",
  "→": "→ ⟶",
  "⇒": "⇒",
  "⊂": "⊂",
  "⊆": "⊆",
  "∧": "∧",
  "∨": "∨",
  "¬": "¬",
});

/** Greek letters, as commands and as characters, by the name of the symbol. */
const GREEK =
  "alpha α, beta β, gamma γ, delta δ, epsilon ε, zeta ζ, eta η, theta θ, iota ι, kappa κ, lambda λ, mu μ, nu ν, " +
  "xi ξ, pi π, rho ρ, sigma σ, tau τ, upsilon υ, phi φ, chi χ, psi ψ, omega ω, Gamma Γ, Delta Δ, Theta Θ, " +
  "Lambda Λ, Xi Ξ, Pi Π, Sigma Σ, Phi Φ, Psi Ψ, Omega Ω, varepsilon ϵ, varphi ϕ, vartheta ϑ";

/** Names of Greek letters that are commands. */
export const GREEK_NAMES: ReadonlySet<string> = new Set(
  GREEK.split(", ").map((pair) => pair.split(" ")[0] ?? ""),
);

/** Greek characters, and the names of their commands. */
export const GREEK_CHARACTERS: ReadonlyMap<string, string> = new Map([
  ...GREEK.split(", ").map((pair): [string, string] => {
    const [name = "", character = ""] = pair.split(" ");
    return [character, name];
  }),
  ["µ", "mu"],
]);

/** Another glyph of the same letter. */
export const GREEK_VARIANTS: ReadonlyMap<string, string> = new Map([
  ["varepsilon", "epsilon"],
  ["varphi", "phi"],
  ["vartheta", "theta"],
]);

/** Sets of numbers by their characters; "\\mathbb{R}" is the letter R. */
export const NUMBER_SETS: ReadonlyMap<string, string> = new Map([
  ["ℝ", "R"],
  ["ℤ", "Z"],
  ["ℚ", "Q"],
  ["ℕ", "N"],
  ["ℂ", "C"],
]);

/** Functions of one argument. */
export const FUNCTIONS: ReadonlySet<string> = new Set(
  (
    "sin cos tan sec csc cot arcsin arccos arctan asin acos atan sinh cosh tanh ln log lg exp " +
    "Re Im arg gcd lcm max min det deg dim ker"
  ).split(" "),
);

/** Commands that wrap an argument and only set its style; the value is true for text and false for mathematics. */
export const WRAPPERS: ReadonlyMap<string, boolean> = new Map([
  ...["text", "textbf", "textit", "textrm", "textnormal", "textsf", "texttt", "mbox", "hbox"].map(
    (name): [string, boolean] => [name, true],
  ),
  ...[
    "mathrm",
    "mathbf",
    "mathit",
    "mathsf",
    "mathcal",
    "mathbb",
    "boldsymbol",
    "bm",
    "boxed",
    "fbox",
    "underline",
  ].map((name): [string, boolean] => [name, false]),
  ...["operatorname", "overline", "overrightarrow", "vec", "hat", "bar", "displaylines", "emph", "bf"].map(
    (name): [string, boolean] => [name, false],
  ),
]);

/** Commands without a meaning. */
export const INVISIBLE: ReadonlySet<string> = new Set(
  (
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr displaystyle textstyle limits nolimits " +
    "rm it mathstrut strut tt sf sl tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge " +
    "scriptstyle centering nonumber notag"
  ).split(" "),
);

/** Commands whose argument is no part of the answer. */
export const SKIPPED: ReadonlySet<string> = new Set(
  "color textcolor hspace vspace phantom hphantom vphantom label tag".split(" "),
);

/** Commands for white space, by their names or the one character that they are. */
export const SPACES: ReadonlySet<string> = new Set([
  "quad",
  "qquad",
  "thinspace",
  "enspace",
  "space",
  ",",
  ";",
  ":",
  "!",
  " ",
  ">",
]);

/** Opening and closing commands of brackets. */
export const BRACKETS: ReadonlyMap<string, string> = new Map([
  ["{", "\\{"],
  ["}", "\\}"],
  ["lbrace", "\\{"],
  ["rbrace", "\\}"],
  ["langle", "⟨"],
  ["rangle", "⟩"],
  ["lparen", "("],
  ["rparen", ")"],
  ["lbrack", "["],
  ["rbrack", "]"],
]);

/** Currencies by sign, and the word that each is in the table of units. */
export const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ["$", "dollar"],
  ["€", "euro"],
  ["£", "pound-sterling"],
  ["¥", "yuan-or-yen"],
  ["￥", "yuan-or-yen"],
  ["₹", "rupee"],
  ["元", "yuan"],
  ["¢", "cent"],
  ["₩", "won"],
  ["円", "yen"],
  ["₽", "rouble"],
  ["₪", "shekel"],
]);

/** Codes and abbreviations of currencies before an amount: "USD 5", "US$5". */
export const CURRENCY_CODES: ReadonlyMap<string, string> = new Map([
  ["USD", "dollar"],
  ["US", "dollar"],
  ["EUR", "euro"],
  ["GBP", "pound-sterling"],
  ["CNY", "yuan"],
  ["RMB", "yuan"],
  ["JPY", "yen"],
  ["INR", "rupee"],
  ["Rs", "rupee"],
  ["KRW", "won"],
]);

/** Fractions that are one character: numerator and denominator. */
export const VULGAR_FRACTIONS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ["½", [1, 2]],
  ["⅓", [1, 3]],
  ["⅔", [2, 3]],
  ["¼", [1, 4]],
  ["¾", [3, 4]],
  ["⅕", [1, 5]],
  ["⅖", [2, 5]],
  ["⅗", [3, 5]],
  ["⅘", [4, 5]],
  ["⅐", [1, 7]],
  ["⅑", [1, 9]],
  ["⅒", [1, 10]],
  ["⅙", [1, 6]],
  ["⅚", [5, 6]],
  ["⅛", [1, 8]],
  ["⅜", [3, 8]],
  ["⅝", [5, 8]],
  ["⅞", [7, 8]],
]);

export const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
export const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
