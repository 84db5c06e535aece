/**
 * @module
 * Chooses how a local engine uses the machine: bounded by cores and memory, then measured on the model. Read `candidates` for
 * what may be tried, `probe` for how it is measured, `remembered-choices` for how long that holds.
 */
import { readConfig } from "../../../model/index.ts";
import { packageVersion } from "../../../package/index.ts";
import { checkPositive, type LocalEngineOptions } from "../local-options.ts";
import {
  type Arrangement,
  arrangementText,
  type ChosenArrangement,
  type TriedArrangement,
  type WantedArrangement,
} from "./arrangement.ts";
import { candidates } from "./candidates.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { parameterCount, trainingMemory } from "./memory-need.ts";
import { probe } from "./probe.ts";
import { choiceKey, RememberedChoices } from "./remembered-choices.ts";

/** Models of more parameters are not tried in several arrangements: opening one takes longer than a probe may. */
const MOST_PROBED = 4e8;
/** An arrangement of more replicas must be so many times as fast as one of fewer. */
const WORTH = 1.05;
/** More replicas are not tried once more were less than so many times as fast as fewer. */
const HOPELESS = 0.9;
const remembered = new RememberedChoices();

/** The world as the choice sees it, so that tests can make one. */
export interface ChoiceOptions {
  readonly machine?: Machine;
  readonly remembered?: RememberedChoices;
  /** Tokens a second of an arrangement. */
  readonly probe?: (arrangement: Arrangement) => Promise<number>;
}

/**
 * The arrangement of an engine.
 *
 * @param options what the engine will be opened with
 * @param wanted numbers that are given, and `"auto"` for those that are chosen
 * @throws EngineError when a number is no positive integer
 * @throws ModelError when the model cannot be opened
 */
export async function chooseArrangement(
  options: Omit<LocalEngineOptions, "threads" | "replicas">,
  wanted: WantedArrangement,
  world: ChoiceOptions = {},
): Promise<ChosenArrangement> {
  const { threads, replicas } = wanted;
  if (threads !== "auto") checkPositive("threads", threads);
  if (replicas !== "auto") checkPositive("replicas", replicas);
  const machine = world.machine ?? thisMachine();
  const config = typeof options.model === "string" ? readConfig(options.model) : options.model.config;
  const bounds = { maxTokens: options.maxTokens ?? 2048, isAdapted: options.lora !== undefined };
  const need = (one: Arrangement) => trainingMemory(config, one, bounds);
  const found = (
    chosen: Arrangement,
    by: ChosenArrangement["by"],
    more: Partial<ChosenArrangement> = {},
  ) => ({
    threads: chosen.threads,
    replicas: chosen.replicas,
    by,
    cores: machine.cores,
    memory: machine.memory,
    memoryNeed: need(chosen),
    ...more,
    warnings: [...(more.warnings ?? []), ...shortage(need(chosen), machine)],
  });
  if (threads !== "auto" && replicas !== "auto")
    return { ...found({ threads, replicas }, "given"), warnings: [] };
  if (options.stream === true) {
    const all = threads === "auto" ? machine.cores : threads;
    return { ...found({ threads: all, replicas: replicas === "auto" ? 1 : replicas }, "only"), warnings: [] };
  }
  const list = candidates(wanted, machine, need);
  if (list.length === 1) return found(list[0]!, "only");
  const parameters = parameterCount(config);
  if (parameters > MOST_PROBED) return found(inOneEngine(list), "size");
  const store = world.remembered ?? remembered;
  const { cpu, cores } = machine;
  const own = { isAdapted: bounds.isAdapted, spin: options.spin ?? false, maxTokens: bounds.maxTokens };
  const key = choiceKey({ config, own, list, cpu, cores, release: packageVersion() });
  const known = store.get(key);
  if (known !== undefined) return found(known, "remembered", { tried: known.tried });
  const measure = world.probe ?? ((one: Arrangement) => probe({ ...options, ...one }, config, machine.cores));
  const tried = await tryOut(list, measure);
  const best = fastest(tried);
  const unwritten = store.keep(key, { threads: best.threads, replicas: best.replicas, tried: [...tried] });
  const warnings =
    unwritten === undefined
      ? []
      : [`the arrangement cannot be remembered, and is measured again next time: ${unwritten}`];
  return found(best, "measured", { tried, warnings });
}

/** Said where the estimate exceeds what there is. */
function shortage(need: number, { memory }: Machine): string[] {
  if (need <= memory) return [];
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return [
    `training this model needs about ${gib(need)} of memory, and ${gib(memory)} are free: it may be killed; a smaller model, engine.lora, or another machine needs less`,
  ];
}

/** All threads in one engine, or in as few replicas as there can be. */
function inOneEngine(list: readonly Arrangement[]): Arrangement {
  const fewest = list[0]!.replicas;
  return list.filter(({ replicas }) => replicas === fewest).at(-1)!;
}

/** Measures one after another; more replicas than such as were slower than fewer are not tried. */
async function tryOut(
  list: readonly Arrangement[],
  measure: (arrangement: Arrangement) => Promise<number>,
): Promise<TriedArrangement[]> {
  const tried: TriedArrangement[] = [];
  for (const one of list) {
    const [before, last] = tried.slice(-2);
    const isGrown = before !== undefined && last !== undefined && last.replicas > before.replicas;
    if (isGrown && last.tokensPerSecond < HOPELESS * before.tokensPerSecond) break;
    tried.push({ ...one, ...(await speedOf(one, tried.length === 0, measure)) });
  }
  return tried;
}

/** A model that cannot be opened at all is an error; one that cannot be opened again is no choice. */
async function speedOf(
  one: Arrangement,
  isFirst: boolean,
  measure: (arrangement: Arrangement) => Promise<number>,
): Promise<Pick<TriedArrangement, "tokensPerSecond" | "error">> {
  try {
    return { tokensPerSecond: await measure(one) };
  } catch (error) {
    if (isFirst) throw error;
    return { tokensPerSecond: 0, error: `${arrangementText(one)}: ${(error as Error).message}` };
  }
}

/** The fastest, or one of fewer replicas that is about as fast. */
function fastest(tried: readonly TriedArrangement[]): TriedArrangement {
  const most = Math.max(...tried.map(({ tokensPerSecond }) => tokensPerSecond));
  return tried.find(({ tokensPerSecond }) => WORTH * tokensPerSecond >= most)!;
}
