import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";
import { plainImage } from "../testing/data-files.ts";
import { expectReported, LONGEST_MS, type Mistake, set, written } from "../testing/mistakes.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";

const image = await plainImage(28, 0);

/** Rows as JSON lines, beside the image a.png. */
function rows(...list: readonly (object | string)[]): string {
  const lines = list.map((own) => (typeof own === "string" ? own : JSON.stringify(own)));
  const path = written("rows.jsonl", lines.join("\n"));
  writeFileSync(join(path, "..", "a.png"), image);
  return path;
}

const row = (over: object = {}) => ({ question: "How many?", answer: "7", image: "a.png", ...over });

/** A row whose image is a file with this content. */
function withImage(content: string): string {
  const path = rows(row({ image: "b.png" }));
  writeFileSync(join(path, "..", "b.png"), content);
  return path;
}

const check = (path: string, ...flags: readonly string[]) => ["data", "check", path, ...set(flags)];

describe("a mistake in the format of data", () => {
  test.each<Mistake>([
    [
      "data that is not there",
      () => check("/nowhere/train.jsonl"),
      ["/nowhere/train.jsonl: no such file or directory, and no built-in task"],
    ],
    [
      "a folder without data",
      () => check(temporaryDirectory()),
      ["expected files that end in .jsonl, .json, .parquet, .tsv, .csv, got none"],
    ],
    [
      "an empty file",
      () => check(written("rows.jsonl", "")),
      ["rows.jsonl: expected at least one row, got none"],
    ],
    [
      "an unknown format",
      () => check(written("rows.xlsx", "x")),
      ["rows.xlsx: expected a name that ends in .jsonl", "data.format says what else it is"],
    ],
    [
      "JSON lines with a broken line",
      () => check(rows(row(), '{"question":')),
      ["rows.jsonl line 2: is no JSON"],
    ],
    [
      "JSON lines of lists",
      () => check(rows("[1, 2]")),
      ["rows.jsonl line 1: expected a JSON object, got a list"],
    ],
    [
      "a file in UTF-16",
      () => check(written("rows.jsonl", Buffer.from(JSON.stringify(row({ image: undefined })), "utf16le"))),
      ["rows.jsonl line 1: is no UTF-8 text, but looks like UTF-16: save the file again as UTF-8"],
    ],
    [
      "a file in Latin-1",
      () => check(written("rows.jsonl", Buffer.from('{"question": "Où?", "answer": "é"}', "latin1"))),
      ["rows.jsonl line 1: is no UTF-8 text, but in another encoding, such as Latin-1"],
    ],
    [
      "a table in Latin-1",
      () => check(written("rows.csv", Buffer.from("image,question,answer\na.png,Où?,é\n", "latin1"))),
      ["rows.csv", "is no UTF-8 text"],
    ],
    [
      "a Git LFS pointer",
      () =>
        check(
          written("rows.parquet", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"),
        ),
      ["rows.parquet: is a Git LFS pointer, not the file itself: run git lfs pull"],
    ],
    [
      "a parquet file that is cut off",
      () => check(written("rows.parquet", "PAR1abc")),
      ["rows.parquet: cannot be read as parquet: expected at least 8 bytes, got 7"],
    ],
    [
      "JSON lines named parquet",
      () => check(written("rows.parquet", JSON.stringify(row()))),
      [
        "rows.parquet: cannot be read as parquet: expected PAR1 at both ends",
        'got "{\\"qu"',
        "data.format names it",
      ],
    ],
    [
      "a table with a row of too few fields",
      () => check(written("rows.tsv", "index\timage\tquestion\tanswer\n1\tQ\t7\n")),
      ["rows.tsv line 2: ", "expected 4 fields, got 3"],
    ],
    [
      "a table without a header",
      () => check(written("rows.csv", "What is it?,7\nWhat else?,8\n")),
      [
        "rows.csv: has no column for the question: expected one of",
        "got What is it?, 7",
        "data.columns.question names another",
      ],
    ],
    [
      "semicolons in a CSV",
      () => check(written("rows.csv", "question;answer\nQ;7\n")),
      ["rows.csv: has no column for the question", "got question;answer"],
    ],
    [
      "one object for a list",
      () => check(written("rows.json", JSON.stringify({ a: 1 }))),
      ["rows.json line 1: question: is missing; the row has a"],
    ],
  ])("%s is reported", (_, words, says) => expectReported(words(), says), LONGEST_MS);
});

describe("a mistake in columns", () => {
  test.each<Mistake>([
    [
      "a column that is not there",
      () => check(rows({ prompt_text: "Q", answer: "7" })),
      [
        "rows.jsonl line 1: question: is missing; the row has prompt_text, answer (data.columns.question names its column)",
      ],
    ],
    [
      "no answer",
      () => check(rows({ question: "Q" })),
      ["rows.jsonl line 1: answer: is missing; the row has question (data.columns.answer names its column)"],
    ],
    ["an empty answer", () => check(rows(row({ answer: "" }))), ["rows.jsonl line 1: answer: is missing"]],
    [
      "an answer that is NaN",
      () => check(rows('{"question": "Q", "answer": NaN}')),
      ["rows.jsonl line 1: answer: is missing"],
    ],
    [
      "a setting that names no column",
      () => check(rows(row()), "data.columns.answer=solution"),
      ["rows.jsonl line 1: answer: ", "solution"],
    ],
    [
      "a setting into a field that is not there",
      () =>
        check(
          rows(row({ reward_model: { style: "rule" } })),
          "data.columns.answer=reward_model.ground_truth",
        ),
      [
        'rows.jsonl line 1: answer: is missing; expected it in "reward_model.ground_truth", as data.columns.answer says',
        "the row has question, answer",
      ],
    ],
    [
      "an unknown setting for columns",
      () => check(rows(row()), "data.columns.anwser=answer"),
      ["unknown key data.columns.anwser; did you mean data.columns.answer?"],
    ],
    [
      "a question that is a list",
      () => check(rows(row({ question: ["a", "b"] }))),
      ["rows.jsonl line 1: question: expected a text, got a list"],
    ],
  ])("%s is reported", (_, words, says) => expectReported(words(), says), LONGEST_MS);
});

describe("a mistake in images", () => {
  test.each<Mistake>([
    [
      "an image that is not there",
      () => check(rows(row({ image: "b.png" }))),
      [
        'rows.jsonl line 1: image "b.png": no such file in the image directory',
        "(data.images names another)",
      ],
    ],
    [
      "an image outside of the folder",
      () => check(rows(row({ image: "../../etc/passwd" }))),
      ['rows.jsonl line 1: image "../../etc/passwd": leads out of the image directory'],
    ],
    [
      "an absolute path of an image",
      () => check(rows(row({ image: "/data/a.png" }))),
      [
        'rows.jsonl line 1: image "/data/a.png": leads out of the image directory',
        "(data.images names another)",
      ],
    ],
    [
      "an image by its address",
      () => check(rows(row({ image: "https://example.com/a.png" }))),
      ['rows.jsonl line 1: image "https://example.com/a.png": is a URL: data.fetchImages: true downloads it'],
    ],
    [
      "an image that is text",
      () => check(withImage("not an image")),
      [
        'rows.jsonl line 1: image "b.png": cannot be read as an image: expected PNG, JPEG',
        "got another format",
      ],
    ],
    ["an image that is empty", () => check(withImage("")), ['rows.jsonl line 1: image "b.png": is empty']],
    [
      "an image of a number",
      () => check(rows(row({ image: 7 }))),
      ["rows.jsonl line 1: image: expected bytes, text or a list, got a number"],
    ],
    [
      "a place without its image",
      () => check(rows({ question: "<image> and <image>?", answer: "7", image: "a.png" })),
      ["rows.jsonl line 1: question: expected an image for each of 2 places <image>, got 1"],
    ],
    [
      "a folder of images that is not there",
      () => check(rows(row()), "data.images=/nowhere/images"),
      ["/nowhere/images"],
    ],
  ])("%s is reported", (_, words, says) => expectReported(words(), says), LONGEST_MS);
});
