import { expect, test } from "vitest";
import { plainRow } from "./plain-row.ts";

const base64 = `/9j/${"Ab3".repeat(1000)}`;
const inLines = base64.replaceAll(/.{76}/g, "$&\n");
const python = `b'\\x89PNG\\r\\n${"\\x00".repeat(400)}'`;

test.each<[string, string]>([
  ["base64", base64],
  ["base64 in lines", inLines],
  ["base64 in lines of Windows", inLines.replaceAll("\n", "\r\n")],
  ["base64 after a blank", ` ${base64}`],
  ["a data URI", `data:image/png;base64,${base64}`],
  ["Python's list of base64", `['${base64}', '${base64}']`],
  ["JSON's list of base64", JSON.stringify([base64, base64])],
  ["a list of data URIs", JSON.stringify([`data:image/jpeg;base64,${base64}`])],
  ["Python's text of base64", `b'${base64}'`],
  ["Python's text of bytes", python],
  ["a dict of bytes and path", `{'path': 'a.png', 'bytes': ${python}}`],
])("%s is no cell of a row", (_name, image) => {
  expect(plainRow({ image, images: [image], answer: "7" })).toEqual({ images: [], answer: "7" });
});

test.each<[string, string]>([
  ["prose", "What is the sum of the numbers on the image? ".repeat(40)],
  ["words in lines", "apple\n".repeat(300)],
  ["a list of words", JSON.stringify(new Array(200).fill("apple"))],
  ["a list of numbers", JSON.stringify(new Array(400).fill(12))],
  ["a table in lines", "1,2,3,4,5,6,7,8,9\n".repeat(60)],
  ["a rule above a text", `${"-".repeat(80)}\n${"What is the sum? ".repeat(60)}`],
])("%s of any length is a cell", (_name, question) => {
  expect(plainRow({ question })).toEqual({ question });
});
