import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Benchmark, BenchmarkContext, ScoredAnswer } from "../../benchmark/index.ts";
import { openSource, type Task } from "../../data/index.ts";
import type { AnswerFormat } from "../../eval/index.ts";
import { digitsFakeEngine, freshPath, steadyClock } from "../../testing/tiny-run.ts";
import type { RunEvent } from "../../train/index.ts";
import { openConfiguredDialogue } from "../open/open-model.ts";
import { resolveConfig } from "../resolve-config.ts";
import { runTraining } from "../run.ts";
import { makePart } from "./load-module.ts";

const FOLDER = new URL("../../../examples/extending/", import.meta.url);
const path = (name: string) => fileURLToPath(new URL(name, FOLDER));
const module = (name: string, options: object = {}) => ({ module: path(name), options });
const NAMES = [
  "reward",
  "credit",
  "objective",
  "task",
  "prompt-format",
  "verdict",
  "benchmark",
  "engine",
  "observer",
];

describe("docs/extending.md", () => {
  const page = readFileSync(new URL("../../../docs/extending.md", import.meta.url), "utf8");

  test.each(NAMES)("shows examples/extending/%s.ts as it is", (name) => {
    expect(page).toContain(`\`\`\`ts\n${readFileSync(path(`${name}.ts`), "utf8")}\`\`\``);
  });
});

describe("the examples of docs/extending.md", () => {
  test("train together: task, reward, credit, objective, verdict and prompt format from files", async () => {
    const config = resolveConfig({
      file: {
        task: module("task.ts", { side: 28 }),
        reward: ["accuracy", { ...module("reward.ts", { tolerance: 0.5 }), weight: 0.5 }],
        credit: module("credit.ts", { scale: 1 }),
        objective: module("objective.ts"),
        verdict: module("verdict.ts"),
        prompt: { module: { module: path("prompt-format.ts") } },
        sampling: { maxCompletionTokens: 3 },
        train: { iterations: 2, promptsPerIteration: 4, groupSize: 8, evaluateEvery: 2, evaluateProblems: 4 },
        sft: { steps: 0 },
      },
    });
    const events: RunEvent[] = [];
    const result = await runTraining({
      config,
      runDirectory: freshPath(),
      openEngine: async () => digitsFakeEngine(),
      onEvent: (event) => void events.push(event),
      clock: steadyClock(),
    });
    expect(result.status).toBe("finished");
    const iterations = events.filter((event) => event.event === "iteration");
    expect(iterations.map(({ rewardParts }) => Object.keys(rewardParts))).toEqual([
      ["accuracy", "relaxed"],
      ["accuracy", "relaxed"],
    ]);
  });

  test("never draw two squares of one brightness, whose answer would be false", async () => {
    const made = await makePart<{ seed: number; evaluationSeed: number }, Task>(
      { kind: "module", ...module("task.ts"), options: {} },
      { seed: 1, evaluationSeed: 2 },
      "task",
    );
    const answers = new Map<string, number>();
    for (const split of ["train", "validation"] as const) {
      for (let index = 0; index < 1000; index++) {
        const { columns, answers: accepted } = await (await openSource(made.part[split]!)).problem(index);
        const [left, right] = [Number(columns["left"]), Number(columns["right"])];
        expect(accepted, `${split} ${index}`).toEqual([left > right ? "1" : "2"]);
        expect(left, `${split} ${index}`).not.toBe(right);
        answers.set(accepted[0]!, (answers.get(accepted[0]!) ?? 0) + 1);
      }
    }
    expect(Math.min(...answers.values())).toBeGreaterThan(800);
  });

  test("ask in the words of their prompt format", async () => {
    const made = await makePart<undefined, AnswerFormat>(
      { kind: "module", ...module("prompt-format.ts"), options: {} },
      undefined,
      "prompt.module",
    );
    expect(made.name).toBe("capitals");
    const config = resolveConfig({ file: { prompt: { module: path("prompt-format.ts") } } });
    const dialogue = await openConfiguredDialogue(config);
    const problem = { id: "1", images: [], question: "which?", answers: ["1"], columns: {} };
    const { chunks } = dialogue.prompt(problem);
    const text = chunks.map((chunk) => (chunk.kind === "text" ? dialogue.text(chunk.tokens) : "")).join("");
    expect(text).toContain("Answer in one word.");
    expect(text).toContain("WHICH? Put it in \\boxed{}.");
  });

  test("hold a whole benchmark: problems, verdict and measures", async () => {
    const made = await makePart<BenchmarkContext, Benchmark>(
      { kind: "module", ...module("benchmark.ts"), options: { problems: 9 } },
      { data: undefined, seed: 0 },
      "benchmark",
    );
    const { verdict, source: opened } = made.part;
    const source = await openSource(opened);
    const answers: ScoredAnswer[] = [];
    for (let i = 0; i < source.size; i++) {
      const problem = await source.problem(i);
      const text = `There are 3 lines. The answer is ${i === 0 ? 1 : 9}.`;
      answers.push({ problem, text, ...(await verdict.judge(text, problem)) });
    }
    expect(made.part.measures(answers)).toMatchObject([
      { name: "accuracy", value: 2 / 9, of: 9 },
      { name: "few", value: 1 / 4, of: 4 },
      { name: "many", value: 1 / 5, of: 5 },
    ]);
  });

  test("say that the laboratory's engine needs a model directory", async () => {
    const context = { seed: 0, model: undefined, valueHead: false };
    const reference = { kind: "module" as const, ...module("engine.ts"), options: {} };
    await expect(makePart(reference, context, "engine")).rejects.toThrow(
      "engine.ts lab): cannot be made: expected model to be a directory",
    );
  });
});
