/**
 * @module
 * Chooses how a local engine uses the machine: bounded by cores and memory, then measured on the model. Read `candidates` for
 * what may be tried, `probe` for how it is measured, `remembered-choices` for how long that holds.
 */
import { readConfig } from "../../../model/index.ts";
import { packageVersion } from "../../../package/index.ts";
import { checkPositive, type LocalEngineOptions } from "../local-options.ts";
import { machineMemory } from "../memory/machine-memory.ts";
import type { Arrangement, ChosenArrangement, WantedArrangement } from "./arrangement.ts";
import { candidates } from "./candidates.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { parameterCount, trainingMemory } from "./memory-need.ts";
import { openProbe, type Probe } from "./probe.ts";
import { choiceKey, RememberedChoices } from "./remembered-choices.ts";
import { fastestOf } from "./tournament.ts";

/** Models of more parameters are not tried in several arrangements: opening one takes longer than a probe may. */
const MOST_PROBED = 4e8;
/** Processes a core that want to run, above which a measurement is not remembered. */
const BUSY = 0.75;
const remembered = new RememberedChoices();

/** The world as the choice sees it, so that tests can make one. */
export interface ChoiceOptions {
  readonly machine?: Machine;
  readonly remembered?: RememberedChoices;
  /** Opens the model in an arrangement, to be measured. */
  readonly openProbe?: (arrangement: Arrangement) => Promise<Probe>;
}

/**
 * The arrangement of an engine.
 *
 * @param options what the engine will be opened with
 * @param wanted the given numbers; `"auto"` for a number that this function chooses
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
  const whole = world.machine ?? thisMachine();
  const budget = options.memory === undefined ? undefined : machineMemory(options.memory).budget;
  const machine = budget === undefined ? whole : { ...whole, memory: Math.min(whole.memory, budget) };
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
    ...givenOf(wanted),
    cores: machine.cores,
    memory: machine.memory,
    memoryNeed: need(chosen),
    ...more,
    warnings: [...(more.warnings ?? []), ...shortage(need(chosen), machine, machine.memory < whole.memory)],
  });
  if (threads !== "auto" && replicas !== "auto")
    return { ...found({ threads, replicas }, "given"), warnings: [] };
  if (options.device !== undefined && options.device !== "cpu") {
    const one = { threads: threads === "auto" ? 1 : threads, replicas: replicas === "auto" ? 1 : replicas };
    return { ...found(one, "device"), warnings: [] };
  }
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
  const { spin = false, rollouts = "fp32" } = options;
  const own = { isAdapted: bounds.isAdapted, spin, maxTokens: bounds.maxTokens, rollouts, budget };
  const key = choiceKey({ config, own, list, cpu, cores, release: packageVersion() });
  const known = store.get(key);
  if (known !== undefined) return found(known, "remembered", { tried: known.tried });
  const open = world.openProbe ?? ((one: Arrangement) => openProbe({ ...options, ...one }, config, cores));
  const { best, tried } = await fastestOf(list, open);
  const choice = { threads: best.threads, replicas: best.replicas, tried: [...tried] };
  const leftOut = tried.flatMap(({ error }) => (error === undefined ? [] : [failed(error)]));
  if (machine.load > BUSY * cores) {
    store.keepForNow(key, choice);
    return found(best, "measured", { tried, warnings: [...leftOut, busy(machine)] });
  }
  const unwritten = store.keep(key, choice);
  const warnings = [...leftOut, ...(unwritten === undefined ? [] : [unremembered(unwritten)])];
  return found(best, "measured", { tried, warnings });
}

/** The one number that is given. */
function givenOf({ threads, replicas }: WantedArrangement): Pick<ChosenArrangement, "given"> {
  if (threads === "auto") return replicas === "auto" ? {} : { given: { replicas } };
  return replicas === "auto" ? { given: { threads } } : {};
}

function failed(why: string): string {
  return `an arrangement was left out, since it failed: ${why}`;
}

function busy({ load, cores }: Machine): string {
  const wanted = `${load.toFixed(1)} processes want its ${cores} cores`;
  return `this machine is busy, ${wanted}: the arrangement is measured again next time; engine.threads and engine.replicas fix it`;
}

function unremembered(why: string): string {
  return `the arrangement cannot be remembered, and is measured again next time: ${why}`;
}

/** Said where the estimate exceeds what there is. */
function shortage(need: number, { memory }: Machine, isLimited: boolean): string[] {
  if (need <= memory) return [];
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  if (isLimited) {
    return [
      `training this model needs about ${gib(need)} of memory, and engine.memory allows ${gib(memory)}: it may be refused; a smaller model, engine.lora, or a larger limit helps`,
    ];
  }
  return [
    `training this model needs about ${gib(need)} of memory, and ${gib(memory)} are free: it may be killed; a smaller model, engine.lora, or another machine needs less`,
  ];
}

/** All threads in one engine, or in as few replicas as there can be. */
function inOneEngine(list: readonly Arrangement[]): Arrangement {
  const fewest = list[0]!.replicas;
  return list.filter(({ replicas }) => replicas === fewest).at(-1)!;
}
