/**
 * @module
 * Tasks by anyone, held to the contract: a fault names the task, the part of it and the problem.
 */
import * as z from "zod";
import { PartError } from "../errors/index.ts";
import { calling, membersOf, partError, shownValue } from "../parts/index.ts";
import { type CheckedOptions, checkedSource, faultOf, problemSchema } from "./checked-source.ts";
import {
  type DemonstrationSource,
  type Lesson,
  type Opened,
  openSource,
  SPLITS,
  type Task,
  type TokenLabels,
  taskLessons,
} from "./task.ts";

const demonstrationSchema = z.looseObject({
  problem: problemSchema,
  completion: z.string(),
  later: z.array(z.looseObject({ question: z.string(), completion: z.string() })).optional(),
});

const demonstrationsSchema = z.looseObject({
  fingerprint: z.string().min(1),
  size: z.union([z.int().min(0), z.literal(Infinity)]),
  demonstration: z.custom<DemonstrationSource["demonstration"]>((value) => typeof value === "function", {
    error: "expected a function of the demonstration's index",
  }),
});

type Measures = NonNullable<Task["measures"]>;

const held = new WeakSet<object>();

/**
 * The task with its sources, demonstrations, labels and measures checked; itself if it is checked already.
 *
 * @param options `where` names the task
 */
export function checkedTask(task: Task, options: CheckedOptions): Task {
  if (held.has(task)) return task;
  const { where, limit } = options;
  const splits = SPLITS.flatMap((split) => {
    const source = task[split];
    if (source === undefined) return [];
    const place = `${where}: ${split}`;
    const open = async () =>
      checkedSource(await calling(place, limit, () => openSource(source)), { where: place, limit });
    return [[split, open] as const];
  });
  const { name, train, demonstrations, labels, measures } = task;
  const checked: Task = {
    name,
    train,
    ...Object.fromEntries(splits),
    ...(demonstrations && { demonstrations: checkedDemonstrations(demonstrations, options) }),
    ...(labels && { labels: checkedLabels(labels, where) }),
    ...(measures && { measures: checkedMeasures(measures.bind(task), where) }),
  };
  held.add(checked);
  return checked;
}

/**
 * Demonstrations, checked when they are opened and read.
 *
 * @throws PartError from the opened sources, as `checkedTask`'s do; typed errors of the source itself, such as DataError for
 *   a broken row, stay as they are
 */
export function checkedDemonstrations(
  given: Opened<DemonstrationSource | readonly Lesson[]>,
  { where, limit }: CheckedOptions,
): () => Promise<readonly Lesson[]> {
  const place = `${where}: demonstrations`;
  return async () => {
    const lessons: unknown = await calling(place, limit, () => taskLessons({ demonstrations: given }));
    if (!Array.isArray(lessons)) {
      const expected = "expected a source with size and demonstration, or a list of lessons";
      throw new PartError(`${place}: ${expected}, got ${shownValue(lessons)}`);
    }
    return (lessons as readonly Lesson[]).map((lesson) => ({
      ...lesson,
      source: checkedLesson(lesson?.source, place, limit),
    }));
  };
}

function checkedLesson(source: DemonstrationSource, place: string, limit: number): DemonstrationSource {
  if (held.has(source)) return source;
  const fault = faultOf(demonstrationsSchema, source);
  if (fault !== undefined) throw new PartError(`${place}: ${fault}`);
  const checked: DemonstrationSource = {
    ...membersOf(source, ["fingerprint", "size"]),
    async demonstration(index) {
      const where = `${place}: ${index}`;
      const demonstration = await calling(where, limit, () => source.demonstration(index));
      const wrong = faultOf(demonstrationSchema, demonstration);
      if (wrong !== undefined) throw new PartError(`${where}: ${wrong}`);
      return demonstration;
    },
  };
  held.add(checked);
  return checked;
}

/** The result of a function of the task about a problem, whose failures name both. */
function about<T>(where: string, id: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw partError(error, `${where} (problem ${id})`);
  }
}

function checkedLabels(labels: TokenLabels, task: string): TokenLabels {
  const where = `${task}: labels`;
  const requireEach = (found: readonly unknown[] | undefined, tokens: readonly string[], id: string) => {
    if (found === undefined || (Array.isArray(found) && found.length === tokens.length)) return;
    const got = Array.isArray(found) ? String(found.length) : shownValue(found);
    throw new PartError(
      `${where}: expected ${tokens.length}, one for each token, got ${got} (problem ${id})`,
    );
  };
  return {
    label(problem, tokens) {
      const found = about(where, problem.id, () => labels.label(problem, tokens));
      requireEach(found, tokens, problem.id);
      return found;
    },
    ...(labels.rightTexts && {
      rightTexts(problem, tokens) {
        const found = about(where, problem.id, () => labels.rightTexts!(problem, tokens));
        requireEach(found, tokens, problem.id);
        return found;
      },
    }),
  };
}

function checkedMeasures(measures: Measures, task: string): Measures {
  const where = `${task}: measures`;
  return (problem, completion, isRight) => {
    const found: unknown = about(where, problem.id, () => measures(problem, completion, isRight));
    const isLater = typeof (found as { then?: unknown } | null | undefined)?.then === "function";
    if (typeof found === "object" && found !== null && !Array.isArray(found) && !isLater)
      return found as ReturnType<Measures>;
    // Its failure is not reported beside this one.
    if (isLater) Promise.resolve(found).catch(() => {});
    const got = isLater ? "a promise" : shownValue(found);
    throw new PartError(`${where}: expected counts by name, got ${got} (problem ${problem.id})`);
  };
}
