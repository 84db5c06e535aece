import { expect, test } from "vitest";
import { decodeImage } from "./decode.ts";
import { otherContent } from "./other-content.ts";

test.each([
  ["<?xml version='1.0'?>\n<svg/>", "another format (SVG)"],
  ["<!DOCTYPE html><p>", "another format (a page of HTML)"],
  ["\0\0\0\x18ftypheic", "another format (HEIC)"],
  ["\0\0\0\x18ftypmp42", "another format (a video)"],
  ["%PDF-1.7", "another format (PDF)"],
  ["\0\0\0\x0cjP  ", "another format (JPEG 2000)"],
  ["\0\0\0\x0cJXL ", "another format (JPEG XL)"],
  ["\0\0\x01\0", "another format (an icon)"],
  ["hello", "another format"],
])("the content %j is named", (content, name) => {
  expect(otherContent(Buffer.from(content, "latin1"))).toBe(name);
});

test("a Git LFS pointer in the place of an image is refused as one, wherever its bytes are", async () => {
  const pointer = Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
  await expect(decodeImage(pointer, { where: "row 7" })).rejects.toThrow(
    "row 7: is a Git LFS pointer, not the file itself: run git lfs pull",
  );
});
