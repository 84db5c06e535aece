import { describe, expect, test } from "vitest";
import { DataError, PartError } from "../errors/index.ts";
import { checkedDemonstrations, checkedTask } from "./checked-task.ts";
import { openSource, type Problem, type Task } from "./index.ts";

const problem: Problem = { id: "p0", images: [], question: "?", answers: ["7"], columns: {} };
const source = { fingerprint: "f", size: 1, problem: () => problem };
const options = { where: 'task "own"', limit: 1000 };
const fails = (): never => {
  throw new TypeError("no such column");
};

describe("a task by anyone", () => {
  test("may be a class, and keeps all of its parts", async () => {
    class Own implements Task {
      readonly name = "own";
      readonly #right = 1;
      get train() {
        return source;
      }
      get labels() {
        return { label: () => undefined };
      }
      measures() {
        return { read: { right: this.#right, of: 2 } };
      }
    }
    const task = checkedTask(new Own(), options);
    expect(task.measures?.(problem, "7", true)).toEqual({ read: { right: 1, of: 2 } });
    expect(task.labels?.label(problem, ["7"])).toBeUndefined();
    expect(await (await openSource(task.train)).problem(0)).toBe(problem);
    expect(checkedTask(task, options)).toBe(task);
  });

  test("names itself and the problem where a function throws or returns something else", () => {
    const failing = checkedTask(
      { name: "own", train: source, labels: { label: fails, rightTexts: fails }, measures: fails },
      options,
    );
    const about = /^task "own": (?:labels|measures) \(problem p0\): no such column$/;
    expect(() => failing.measures?.(problem, "7", true)).toThrow(about);
    expect(() => failing.labels?.label(problem, ["7"])).toThrow(about);
    expect(() => failing.labels?.rightTexts?.(problem, ["7"])).toThrow(about);
    const odd = checkedTask(
      { name: "own", train: source, labels: { label: () => [] }, measures: () => 1 as never },
      options,
    );
    expect(() => odd.labels?.label(problem, ["7"])).toThrow(
      'task "own": labels: expected 1, one for each token, got 0 (problem p0)',
    );
    expect(() => odd.measures?.(problem, "7", true)).toThrow(
      'task "own": measures: expected counts by name, got 1 (problem p0)',
    );
  });

  test.each<[string, () => unknown, string]>([
    ["a promise", async () => ({}), "a promise"],
    ["a promise that fails", () => Promise.reject(new Error("late")), "a promise"],
    ["a list", () => [1], "an array of 1"],
    ["null", () => null, "null"],
  ])("refuses measures that are %s", (_name, measures, got) => {
    const odd = checkedTask({ name: "own", train: source, measures: measures as () => never }, options);
    const measure = () => odd.measures?.(problem, "7", true);
    expect(measure).toThrow(PartError);
    expect(measure).toThrow(`task "own": measures: expected counts by name, got ${got} (problem p0)`);
  });

  test("names the split that cannot be opened; typed errors stay", async () => {
    const failing = checkedTask({ name: "own", train: fails }, options);
    await expect(openSource(failing.train)).rejects.toThrow('task "own": train: no such column');
    const broken = checkedTask(
      {
        name: "own",
        train: () => {
          throw new DataError("no rows");
        },
      },
      options,
    );
    await expect(openSource(broken.train)).rejects.toThrow(DataError);
  });
});

describe("demonstrations by anyone", () => {
  const opened = async (demonstration: () => unknown) => {
    const given = { fingerprint: "f", size: 1, demonstration: demonstration as () => never };
    const [lesson] = await checkedDemonstrations(given, options)();
    return lesson!.source.demonstration(0);
  };

  test.each<[name: string, demonstration: () => unknown, message: string]>([
    ["throw", fails, 'task "own": demonstrations: 0: no such column'],
    [
      "lack a completion",
      () => ({ problem }),
      "demonstrations: 0: completion: expected string, got undefined",
    ],
    [
      "lack a problem",
      () => ({ completion: "7" }),
      "demonstrations: 0: problem: expected object, got undefined",
    ],
    ["are undefined", () => undefined, "demonstrations: 0: expected object, got undefined"],
  ])("that %s are named", async (_, demonstration, message) => {
    await expect(opened(demonstration)).rejects.toThrow(PartError);
    await expect(opened(demonstration)).rejects.toThrow(message);
  });

  test("that are whole are as they were", async () => {
    expect(await opened(() => ({ problem, completion: "7" }))).toEqual({ problem, completion: "7" });
    const nothing = checkedDemonstrations(() => ({ fingerprint: "f" }) as never, options);
    await expect(nothing()).rejects.toThrow("demonstrations: expected a source with size and demonstration");
  });
});
