/**
 * @module
 * A supervised warm start over exchangeable parts.
 */
import { checkedDemonstrations, type Lesson, type Task } from "../../data/index.ts";
import type { Engine } from "../../engine/index.ts";
import { ConfigError } from "../../errors/index.ts";
import type { Dialogue } from "../../eval/index.ts";
import { type LoopResult, runLoop } from "../loop/loop.ts";
import { type Observer, Observers, type RunDescription } from "../loop/observer.ts";
import { parsePart } from "../schedule/parse-part.ts";
import { heldOut } from "./batches.ts";
import { type Curriculum, curriculumOf } from "./curriculum.ts";
import { plannedSteps, type SftSchedule, sftSchema } from "./sft-schema.ts";
import { warmStartPhase } from "./warm-start.ts";

/** Milliseconds for one demonstration. */
const CALL_LIMIT = 600_000;

/** The parts of a warm start. */
export interface SftParts {
  readonly engine: Engine;
  readonly dialogue: Dialogue;
  /** One source, or an ordered list of lessons. */
  readonly demonstrations: NonNullable<Task["demonstrations"]>;
  /** Missing settings have their defaults. */
  readonly schedule?: Partial<SftSchedule>;
  /** Most tokens of a completion that is sampled later: a warning names longer demonstrations. */
  readonly maxCompletionTokens?: number;
  /** Seed of the order of demonstrations; default 0. */
  readonly seed?: number;
  /** Share of broken rows above which the run stops; default 0. */
  readonly maxBrokenShare?: number;
  readonly observers?: readonly Observer[];
  /** When aborted, the run saves a checkpoint and ends. */
  readonly signal?: AbortSignal | undefined;
  /** Description of the run for its record; default: schedule and seed. */
  readonly record?: Pick<RunDescription, "config" | "modules">;
  /** Milliseconds from any fixed moment. */
  readonly clock?: () => number;
}

/**
 * The demonstrations to train on in the last lesson, whose epochs count.
 *
 * @throws ConfigError naming a lesson that has none
 */
function learntOf(lessons: readonly Lesson[], { validationShare }: SftSchedule, seed: number): number {
  const sizes = lessons.map(({ source }) => heldOut(source, validationShare, seed).size);
  const empty = sizes.indexOf(0);
  const last = sizes.at(-1) ?? 0;
  if (last > 0 && empty < 0) return last;
  const where = sizes.length > 1 ? ` (lesson ${empty + 1})` : "";
  throw new ConfigError(`demonstrations: expected at least one to train on, got none${where}`);
}

/** Throws when the learning rate of a lesson would not reach its peak. */
function requireWarmup({ warmup }: SftSchedule, { lengths }: Curriculum): void {
  const lesson = lengths.findIndex((length) => length > 0 && warmup > length);
  if (lesson < 0) return;
  const steps = lengths.length > 1 ? `the steps of lesson ${lesson + 1}` : "sft.steps";
  throw new ConfigError(`sft.warmup: expected at most ${steps} (${lengths[lesson]}), got ${warmup}`);
}

/**
 * Supervised fine-tuning on demonstrations; the loss covers only completion tokens.
 *
 * @throws ConfigError, DataError before the first step; RunError when the run cannot continue
 */
export async function sft(parts: SftParts): Promise<LoopResult> {
  const { engine, dialogue, seed = 0, maxBrokenShare = 0, signal, clock = () => performance.now() } = parts;
  const isInCode = parts.record === undefined;
  const schedule = parsePart(sftSchema, parts.schedule, "schedule");
  const open = checkedDemonstrations(parts.demonstrations, { where: "warm start", limit: CALL_LIMIT });
  const lessons = await open();
  const steps = plannedSteps(schedule, learntOf(lessons, schedule, seed));
  if (steps === 0)
    throw new ConfigError(`${isInCode ? "schedule" : "sft"}.steps: expected at least 1, got 0`);
  const curriculum = curriculumOf(lessons, steps);
  requireWarmup(schedule, curriculum);
  const observers = new Observers(parts.observers ?? []);
  const { config = { sft: schedule, train: { seed } }, modules } = parts.record ?? {};
  await observers.start({
    kind: "sft",
    steps,
    config,
    data: { demonstrations: curriculum.fingerprint },
    ...(modules && { modules }),
  });
  const phase = warmStartPhase({
    engine,
    dialogue,
    curriculum,
    schedule,
    steps,
    maxCompletionTokens: parts.maxCompletionTokens ?? Infinity,
    seed,
    maxBrokenShare,
    isInCode,
    clock,
  });
  try {
    await observers.event({ event: "started", kind: "sft", steps });
    const result = await runLoop({ engine, phase, observers, signal });
    await observers.finish(result);
    return result;
  } catch (error) {
    await observers.fail(error);
    throw error;
  }
}
