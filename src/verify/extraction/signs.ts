/**
 * @module
 * Signs and words of running text that make a number part of something larger. Each is listed once, as the source of a
 * pattern, since the patterns for the text before, between and behind numbers share them.
 */

/** Signs of a negative number, as members of a character class; the dash between words is none. */
export const MINUS = String.raw`\-−–‐‑‒﹣－`;
/** Signs that join two numbers, as members of a character class; the hyphen is among them only between numbers. */
export const OPERATOR = "+＋*×·÷⋅∙•∗✕⁄∕^√∛∜∪∩±∓<>≤≥＜＞≡";
/** Digits above and below the line, and fractions that are one character, as members of a character class. */
export const SMALL_DIGIT = "⁰¹²³⁴-⁹⁺⁻ⁿ₀-₉½¼¾⅐-⅞";
/** Names of functions, with their bases and exponents: "log₂", "log_{2}", "tan⁻¹". */
export const FUNCTION = String.raw`(?:(?:(?:arc|a)?(?:sin|cos|tan)|sec|csc|cot|sinh|cosh|tanh|log|ln|lg|sqrt|cbrt|exp)(?:_?\{?\d{1,2}\}?|[₀-₉]{1,2}|⁻¹|²|\^\{?-?\d\}?)?)`;

/** Words for a power of ten, also of other languages. */
export const SCALE_WORD =
  "(?:tens|hundreds|(?:thousand|million|billion|trillion|quadrillion|quintillion|lakh|crore)s?|dozens?|[Mm]il(?:l?ion|liard)(?:en?|es|i|a|s)?|mln|mio)";
/** Words for a part: "5 tenths". */
export const PART_WORD =
  "(?:halves|half|thirds?|quarters?|fourths?|fifths?|sixths|sevenths|eighths|ninths|tenths|elevenths|twelfths|sixteenths|hundredths|thousandths|millionths)";
/** Words between a number and another that is part of the same expression. */
export const JOINING_WORD = `(?:plus|minus|times|over|through|(?:divided|multiplied) by|to the power of|choose|mod(?:ulo)?)`;
/** Words behind a hyphen that say what a number counts, "5-sided", "5-year-old", and make no name of it as "2-methyl" does. */
export const COUNTED =
  "(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|inch|foot|feet|yard|miles?|met(?:er|re)|cm|mm|km|kg|gram|pound|ounce|gallon|lit(?:er|re)|dollar|cent|percent|degree|page|star|digit|sided|fold|point(?:ed)?|way|person|piece|legged|door|seat(?:er)?|stor(?:e?y|ied)|bedroom|speed|level|wheel(?:ed)?|leaf|petal(?:l?ed)?|dimensional|cornered|letter|word|game|part|step|row|column|car|lane|track|floor)";
/** Signs of Chinese, Japanese and Korean that scale the number before them; "千米" is a unit. */
export const SCALE_SIGN = "[十百千万亿兆億萬만억천](?![米克瓦])";

/** Letters written without a space as a product: no unit, and no abbreviation of one. */
export const PRODUCT = String.raw`(?!(?:pts?|pcs?|fps|ppl|wks?|mos?|yo|dpi|kbps|st|nd|rd|th|am|pm)(?![\p{L}\p{N}]))[a-z]{2,3}(?![\p{L}\p{N}])`;
