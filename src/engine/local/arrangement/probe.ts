/**
 * @module
 * How fast an arrangement samples and learns: the model itself on a few made-up prompts without images, for as many tokens as
 * take a fraction of a second.
 */
import type { ModelConfig } from "../../../model/index.ts";
import type { Prompt } from "../../engine.ts";
import { createLocalEngine } from "../create-local-engine.ts";
import type { LocalEngineOptions } from "../local-options.ts";
import { parameterCount } from "./memory-need.ts";

/** Tokens times parameters of one round, and bounds of the tokens. */
const WORK = 2e9;
const MOST_TOKENS = 1024;
const LEAST_TOKENS = 16;
const PROMPT_TOKENS = 8;
/** Ids that prompts are made of: every vocabulary begins with plain text. */
const PLAIN_IDS = 200;

/** Prompts, completions of each and tokens of each completion. */
interface ProbeSize {
  readonly prompts: number;
  readonly groupSize: number;
  readonly tokens: number;
}

/** As much as the model's size allows, at least two prompts a core. */
export function probeSize(parameters: number, cores: number): ProbeSize {
  const prompts = Math.max(8, 2 * cores);
  const wanted = Math.min(MOST_TOKENS, Math.max(LEAST_TOKENS, WORK / parameters));
  const groupSize = Math.min(8, Math.max(1, Math.floor(wanted / (2 * prompts))));
  return { prompts, groupSize, tokens: Math.max(2, Math.round(wanted / (prompts * groupSize))) };
}

/** A model that is open in an arrangement, to be measured round by round. */
export interface Probe {
  /** Tokens that a round samples and learns. */
  readonly tokens: number;
  /** @returns its seconds */
  round(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens the model and compiles its programs. Rounds take no step.
 *
 * @throws the errors of opening the model
 */
export async function openProbe(
  options: LocalEngineOptions,
  config: ModelConfig,
  cores: number,
): Promise<Probe> {
  const { prompts: count, groupSize, tokens } = probeSize(parameterCount(config), cores);
  const ids = Math.min(PLAIN_IDS, config.text.vocabSize);
  const plain = (p: number) => Array.from({ length: PROMPT_TOKENS }, (_, i) => (7 * p + 3 * i) % ids);
  const prompts = Array.from(
    { length: count },
    (_, p): Prompt => ({ chunks: [{ kind: "text", tokens: plain(p) }] }),
  );
  const engine = await createLocalEngine(options);
  const round = async () => {
    const start = performance.now();
    const sampled = await engine.sample({
      prompts,
      groupSize,
      maxCompletionTokens: tokens,
      temperature: 1,
      topP: 1,
      topK: 0,
      stopTokens: [],
      seed: 0,
      rollout: true,
    });
    const sequences = sampled.flatMap((group, p) =>
      group.map((completion) => ({ prompt: prompts[p]!, completion: completion.tokens })),
    );
    await engine.accumulate(
      sequences,
      sequences.map(({ completion }) => new Float64Array(completion.length).fill(1e-3)),
    );
    return (performance.now() - start) / 1000;
  };
  try {
    await round();
  } catch (error) {
    await engine.close();
    throw error;
  }
  return { tokens: count * groupSize * tokens, round, close: () => engine.close() };
}
