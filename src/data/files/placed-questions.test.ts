import { describe, expect, test } from "vitest";
import { oneProblem as one, oneRow, oneSummary as summary } from "../../testing/one-row.ts";
import { openFileDemonstrations } from "./file-demonstrations.ts";
import { filesSchema } from "./options.ts";

const BOTH = ["a.png", "b.png"];

/** A row of LLaVA with these questions, answered a1, a2, … */
const asked = (questions: readonly string[], image: readonly string[] = BOTH) => ({
  image,
  conversations: questions.flatMap((value, i) => [
    { from: "human", value },
    { from: "gpt", value: `a${i + 1}` },
  ]),
});

/** Each question of a row's demonstration with the widths of its images. */
async function shown(row: object): Promise<unknown[]> {
  const demonstrations = await openFileDemonstrations(filesSchema.parse({ path: oneRow(row) }));
  const { problem, later = [] } = await demonstrations.demonstration(0);
  return [problem, ...later].map(({ question, images }) => [question, images.map(({ width }) => width)]);
}

describe("images of a conversation", () => {
  test.each<[string, readonly string[], unknown[]]>([
    [
      "places",
      ["<image> q1", "<image> q2"],
      [
        ["<image> q1", [28]],
        ["<image> q2", [56]],
      ],
    ],
    [
      "numbers",
      ["<image 1> q1", "<image 2> q2"],
      [
        ["<image> q1", [28]],
        ["<image> q2", [56]],
      ],
    ],
    [
      "numbers in another order, one of them again",
      ["<image_2> q1", "<image_1> or <image_2>?"],
      [
        ["<image> q1", [56]],
        ["<image> or <image>?", [28, 56]],
      ],
    ],
    [
      "numbers that leave one out",
      ["<image 2> q1", "and <image 2>?"],
      [
        ["<image><image> q1", [28, 56]],
        ["and <image>?", [56]],
      ],
    ],
    [
      "likely marks",
      ["[IMG] q1", "[IMG] q2"],
      [
        ["<image> q1", [28]],
        ["<image> q2", [56]],
      ],
    ],
    [
      "likely marks in the first question, and as many in a text",
      ["[IMG][IMG] q1", "What is an [IMG]?"],
      [
        ["<image><image> q1", [28, 56]],
        ["What is an [IMG]?", []],
      ],
    ],
    [
      "no place",
      ["q1", "q2"],
      [
        ["q1", [28, 56]],
        ["q2", []],
      ],
    ],
  ])("are at their %s", async (_name, questions, expected) => {
    expect(await shown(asked(questions))).toEqual(expected);
  });

  test.each<[string, readonly string[], string]>([
    ["a place too few", ["<image> q1", "q2"], "as many as the 1 places <image> of 2 questions, got 2"],
    ["a place too many", ["<image><image> q1", "<image> q2"], "the 3 places <image> of 2 questions, got 2"],
    ["numbered and other places", ["<image> q1", "<image 2> q2"], "with or without numbers, got both"],
    ["numbers in later questions alone", ["q1", "<image 1> q2"], "expected the first of 2 questions to name"],
    ["a number without an image", ["<image 1> q1", "<image 3> q2"], "names image 3, expected at most 2"],
  ])("are refused with %s", async (_name, questions, expected) => {
    await expect(one(asked(questions))).rejects.toThrow(expected);
  });

  test("are the images of the options, too", async () => {
    const row = { question: "<image 1>?", options: ["<image 2>", "none"], images: BOTH, answer: "A" };
    expect(await summary(row)).toEqual([
      "<image>?\nOptions:\nA. <image>\nB. none",
      ["A", "<image 2>"],
      [28, 56],
    ]);
  });
});

test("videos of a conversation are at the places that LLaVA writes for images", async () => {
  const { conversations } = asked(["<image>q1", "<image>q2"]);
  const frames = [["a.png", "a.png"], ["b.png"]];
  const path = oneRow({ videos: frames, conversations });
  const { problem, later = [] } = await (
    await openFileDemonstrations(filesSchema.parse({ path }))
  ).demonstration(0);
  const of = [problem, ...later].map(({ question, videos = [] }) => [
    question,
    videos.map((clip) => clip.frames.map(({ width }) => width)),
  ]);
  expect(of).toEqual([
    ["<video>q1", [[28, 28]]],
    ["<video>q2", [[56]]],
  ]);
});
