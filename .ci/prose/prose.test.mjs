import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MOST_WORDS, sentenceFindings } from "./check-sentence.mjs";
import { checkedMarkdown } from "./files.mjs";
import { HOUSE_WORDS } from "./house-words.mjs";
import { NOUN_HEADS } from "./noun-heads.mjs";
import { sentencesOf } from "./sentences.mjs";
import { sourcePassages } from "./source-passages.mjs";

/** @param {string} text */
const findingsIn = (text) => sentencesOf(text).flatMap(sentenceFindings);

/** @param {string} source */
const textsOf = (source) => sourcePassages("a.ts", source).map(({ text }) => text);

describe("phrases", () => {
  for (const { instead, wrong, right } of [...HOUSE_WORDS, ...NOUN_HEADS]) {
    test(wrong, () => {
      assert.deepEqual(
        findingsIn(wrong).map(({ message }) => message.slice(message.indexOf('": ') + 3)),
        [instead],
      );
      assert.deepEqual(findingsIn(right), []);
    });
  }

  test("are not looked for in code, quotations and links' addresses", () => {
    assert.deepEqual(findingsIn('A `film` and "the film stands", [here](film.md).'), []);
  });

  test("may begin a question", () => {
    assert.deepEqual(findingsIn("What does a reward return?"), []);
  });

  test("may head a heading with a pronoun, not with a house word", () => {
    assert.deepEqual(findingsIn("## What a reward returns"), []);
    assert.equal(findingsIn("## Films").length, 1);
  });

  test("are looked for in table cells", () => {
    assert.deepEqual(
      findingsIn("| key | meaning |\n|---|---|\n| `a` | a film |").map(({ line }) => line),
      [3],
    );
  });

  test("have the line of the phrase", () => {
    assert.deepEqual(
      findingsIn("First line.\n\nA sentence\nwith a film.").map(({ line }) => line),
      [4],
    );
  });
});

describe("long sentences", () => {
  const words = (/** @type {number} */ count) => `${"word ".repeat(count - 1)}end.`;

  test(`have more than ${MOST_WORDS} words`, () => {
    assert.deepEqual(findingsIn(words(MOST_WORDS)), []);
    assert.match(findingsIn(words(MOST_WORDS + 1))[0]?.message ?? "", /^36 words, expected at most 35/);
  });

  test("end at a full stop, not in an abbreviation or a number", () => {
    assert.equal(sentencesOf("One, e.g. of 0.5. Two.").length, 2);
  });

  test("count code as one word and do not go from one list item to the next", () => {
    assert.deepEqual(
      sentencesOf("- Set `a b c d` now\n- Two words").map(({ words: count }) => count),
      [3, 2],
    );
  });
});

describe("source", () => {
  test("gives comments without their stars, each tag a list item", () => {
    assert.deepEqual(
      textsOf("/**\n * Adds {@link Two}.\n *\n * @param one - a number\n */\nexport const a = 1;"),
      ["\nAdds `Two`.\n\n- `one` a number"],
    );
  });

  test("joins line comments that follow each other", () => {
    assert.deepEqual(textsOf("// One\n// two.\nconst a = 1;\n// Three."), ["One\ntwo.", "Three."]);
  });

  test("gives the messages of errors, descriptions and titles of tests, and no other string", () => {
    const source = [
      "const other = 'no message at all';",
      `throw new DataError(\`row \${row}: no film\`);`,
      "z.string().describe('A path of a film.');",
      "test.each([['a value here']])('reads a film', () => { use('not this one'); });",
      "option({ description: 'Names a film.' });",
    ];
    assert.deepEqual(textsOf(source.join("\n")), [
      "row `…`: no film",
      "A path of a film.",
      "reads a film",
      "Names a film.",
    ]);
  });

  test("leaves out comments for tools", () => {
    assert.deepEqual(textsOf("// biome-ignore lint: a film\nconst a = 1;"), []);
  });

  test("keeps lines", () => {
    assert.deepEqual(
      sourcePassages("a.ts", "\n\n// A film.").map(({ line }) => line),
      [3],
    );
  });
});

describe("files", () => {
  test("of the changelog the newest section is read", () => {
    assert.equal(checkedMarkdown("CHANGELOG.md", "# C\n## New\na\n## Old\nb"), "\n## New\na\n\n");
  });

  test("of the log new entries are read", () => {
    assert.equal(
      checkedMarkdown("docs/log.md", "# L\n## 2999-01-01 · q\na\n## 2026-01-01 · q\nb"),
      "\n## 2999-01-01 · q\na\n\n",
    );
  });

  test("pages that a program writes are not read", () => {
    assert.equal(checkedMarkdown("docs/a.md", "# A\n\nWritten by `b`; do not edit.\n\n## C"), "");
    assert.notEqual(checkedMarkdown("docs/a.md", "# A\n\n## C\n\ndo not edit"), "");
  });
});
