/**
 * @module
 * Sources of problems by anyone, held to the contract: a fault names the task, the problem and the field.
 */
import * as z from "zod";
import { PartError } from "../errors/index.ts";
import { calling, faultText } from "../parts/index.ts";
import type { Problem, ProblemSource } from "./problem.ts";

const imageSchema = z
  .looseObject({ width: z.int().min(1), height: z.int().min(1), data: z.instanceof(Uint8Array) })
  .superRefine(({ width, height, data }, context) => {
    const bytes = width * height * 3;
    if (data.length === bytes) return;
    const message = `expected ${width} × ${height} × 3 = ${bytes} bytes of RGB, got ${data.length}`;
    context.addIssue({ code: "custom", path: ["data"], message });
  });

export const problemSchema = z.looseObject({
  id: z.string().min(1),
  images: z.array(imageSchema),
  videos: z
    .array(z.looseObject({ frames: z.array(imageSchema).min(1), fps: z.number().positive() }))
    .optional(),
  question: z.string().min(1),
  answers: z.array(z.string()).min(1),
  options: z.array(z.string()).optional(),
  kind: z.string().optional(),
  columns: z.record(z.string(), z.unknown()),
  keySteps: z.array(z.array(z.string())).optional(),
});

const sourceSchema = z.looseObject({
  fingerprint: z.string().min(1),
  size: z.union([z.int().min(1), z.literal(Infinity)]),
  problem: z.custom<ProblemSource["problem"]>((value) => typeof value === "function", {
    error: "expected a function of the problem's index",
  }),
});

/** The first fault of a value, as field, expected and got. */
export function faultOf(schema: z.ZodType, value: unknown): string | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return undefined;
  const issue = parsed.error.issues[0]!;
  const field = issue.path.length === 0 ? "" : `${issue.path.map(String).join(".")}: `;
  return `${field}${faultText(issue, value)}`;
}

/** How calls of a source are watched. */
export interface CheckedOptions {
  /** The task and its split, in errors. */
  readonly where: string;
  /** Milliseconds that one problem may take. */
  readonly limit: number;
}

/**
 * The source with its problems checked.
 *
 * @throws PartError when it is not a source; from `problem` when that throws, takes too long, or returns no problem.
 *   Typed errors of the source itself, such as DataError for a broken row, stay as they are.
 */
export function checkedSource(source: ProblemSource, { where, limit }: CheckedOptions): ProblemSource {
  const fault = faultOf(sourceSchema, source);
  if (fault !== undefined) throw new PartError(`${where}: ${fault}`);
  const { fingerprint, size } = source;
  const firstVideo = source.firstVideo?.bind(source);
  return {
    fingerprint,
    size,
    ...(firstVideo && { firstVideo }),
    problem: (index) => checkedProblem(source, index, `${where}: problem ${index}`, limit),
  };
}

async function checkedProblem(
  source: ProblemSource,
  index: number,
  place: string,
  limit: number,
): Promise<Problem> {
  const problem = await calling(place, limit, () => source.problem(index));
  const fault = faultOf(problemSchema, problem);
  if (fault !== undefined) throw new PartError(`${place}: ${fault}`);
  return problem;
}
