/**
 * @module
 * Which arrangement is the fastest: each is measured in turn with the best so far, round by round, so that other programs on
 * the machine slow both down alike. No more than two are open at a time.
 */
import { type Arrangement, arrangementText, type TriedArrangement } from "./arrangement.ts";
import { isSame } from "./candidates.ts";
import type { Probe } from "./probe.ts";

/** Rounds of each in a comparison, of which the fastest counts: other programs only ever make one slower. */
const ROUNDS = 4;
/** An arrangement of more replicas must be so many times as fast as one of fewer. */
const WORTH = 1.05;
/** More replicas of as many threads are not tried once some were less than so many times as fast as the best. */
const HOPELESS = 0.9;

interface Contender {
  readonly arrangement: Arrangement;
  readonly probe: Probe;
}

/**
 * Compares arrangements, fewer replicas first.
 *
 * @param list at least one
 * @param open opens the model in an arrangement
 * @returns the fastest arrangement, or one with fewer replicas that is about as fast; and all arrangements that were
 *   tried
 * @throws the error of opening the model in the first arrangement; a later arrangement that cannot be opened is not
 *   chosen
 */
export async function fastestOf(
  list: readonly Arrangement[],
  open: (arrangement: Arrangement) => Promise<Probe>,
): Promise<{ readonly best: Arrangement; readonly tried: readonly TriedArrangement[] }> {
  const [first, ...others] = list;
  let best: Contender = { arrangement: first!, probe: await open(first!) };
  const tried: TriedArrangement[] = [];
  try {
    for (const arrangement of others) {
      let probe: Probe;
      try {
        probe = await open(arrangement);
      } catch (error) {
        const message = `${arrangementText(arrangement)}: ${(error as Error).message}`;
        tried.push({ ...arrangement, tokensPerSecond: 0, error: message });
        continue;
      }
      const challenger = { arrangement, probe };
      const [own, its] = await inTurn(best.probe, probe).catch(async (error: unknown) => {
        await probe.close();
        throw error;
      });
      note(tried, best, own);
      note(tried, challenger, its);
      const isBetter = own / its > (arrangement.replicas > best.arrangement.replicas ? WORTH : 1);
      await (isBetter ? best : challenger).probe.close();
      if (isBetter) best = challenger;
      else if (arrangement.threads === best.arrangement.threads && own / its < HOPELESS) break;
    }
  } finally {
    await best.probe.close();
  }
  return { best: best.arrangement, tried };
}

/** Seconds of the fastest round of each. */
async function inTurn(one: Probe, other: Probe): Promise<readonly [number, number]> {
  let [own, its] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    own = Math.min(own, await one.round());
    its = Math.min(its, await other.round());
  }
  return [own, its];
}

/** Records a speed; of two speeds of one arrangement the higher is kept. */
function note(tried: TriedArrangement[], { arrangement, probe }: Contender, seconds: number): void {
  const speed = { ...arrangement, tokensPerSecond: probe.tokens / seconds };
  const place = tried.findIndex((one) => isSame(one, arrangement));
  if (place < 0) tried.push(speed);
  else if (speed.tokensPerSecond > tried[place]!.tokensPerSecond) tried[place] = speed;
}
