/**
 * @module
 * A supervised warm start over exchangeable parts.
 */
import { checkedDemonstrations, type Task } from "../../data/index.ts";
import type { Engine } from "../../engine/index.ts";
import { ConfigError } from "../../errors/index.ts";
import type { Dialogue } from "../../eval/index.ts";
import { type LoopResult, runLoop } from "../loop/loop.ts";
import { type Observer, Observers, type RunDescription } from "../loop/observer.ts";
import { parsePart } from "../schedule/parse-part.ts";
import { heldOut } from "./batches.ts";
import { curriculumOf } from "./curriculum.ts";
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
 * Supervised fine-tuning on demonstrations; the loss covers only completion tokens.
 *
 * @throws ConfigError, DataError before the first step; RunError when the run cannot continue
 */
export async function sft(parts: SftParts): Promise<LoopResult> {
  const { engine, dialogue, seed = 0, maxBrokenShare = 0, signal, clock = () => performance.now() } = parts;
  const schedule = parsePart(sftSchema, parts.schedule, "schedule");
  const open = checkedDemonstrations(parts.demonstrations, { where: "warm start", limit: CALL_LIMIT });
  const lessons = await open();
  const last = lessons.at(-1)?.source;
  const learnt = last === undefined ? 0 : heldOut(last, schedule.validationShare, seed).size;
  if (learnt === 0) throw new ConfigError("demonstrations: expected at least one to train on, got none");
  const steps = plannedSteps(schedule, learnt);
  if (steps === 0) throw new ConfigError("sft.steps: expected at least 1, got 0");
  const curriculum = curriculumOf(lessons, steps);
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
