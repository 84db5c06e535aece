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
 * Compares arrangements, fewer replicas first. One that cannot be opened or measured is left out.
 *
 * @param list at least one
 * @param open opens the model in an arrangement
 * @returns the fastest arrangement, or one with fewer replicas that is about as fast; and all arrangements that were
 *   tried
 * @throws the first error where every arrangement failed
 */
export async function fastestOf(
  list: readonly Arrangement[],
  open: (arrangement: Arrangement) => Promise<Probe>,
): Promise<{ readonly best: Arrangement; readonly tried: readonly TriedArrangement[] }> {
  let best: Contender | undefined;
  let failure: unknown;
  const tried: TriedArrangement[] = [];
  const leaveOut = (arrangement: Arrangement, error: unknown) => {
    failure ??= error;
    const place = tried.findIndex((one) => isSame(one, arrangement));
    if (place >= 0) tried.splice(place, 1);
    const message = `${arrangementText(arrangement)}: ${(error as Error).message}`;
    tried.push({ ...arrangement, tokensPerSecond: 0, error: message });
  };
  try {
    for (const arrangement of list) {
      let probe: Probe;
      try {
        probe = await open(arrangement);
      } catch (error) {
        leaveOut(arrangement, error);
        continue;
      }
      const challenger = { arrangement, probe };
      if (best === undefined) {
        best = challenger;
        continue;
      }
      const compared = await inTurn(best, challenger);
      if ("failed" in compared) {
        leaveOut(compared.failed.arrangement, compared.error);
        await closeQuietly(compared.failed.probe);
        if (compared.failed === best) best = challenger;
        continue;
      }
      const [own, its] = compared.seconds;
      note(tried, best, own);
      note(tried, challenger, its);
      const isBetter = own / its > (arrangement.replicas > best.arrangement.replicas ? WORTH : 1);
      await (isBetter ? best : challenger).probe.close();
      if (isBetter) best = challenger;
      else if (arrangement.threads === best.arrangement.threads && own / its < HOPELESS) break;
    }
  } finally {
    await best?.probe.close();
  }
  if (best === undefined) throw failure;
  return { best: best.arrangement, tried };
}

/** Closes a model that has failed; its own failure matters more than one of closing. */
async function closeQuietly(probe: Probe): Promise<void> {
  await probe.close().catch(() => {});
}

type Comparison =
  | { readonly seconds: readonly [number, number] }
  | { readonly failed: Contender; readonly error: unknown };

/** Seconds of the fastest round of each; or which of them failed. */
async function inTurn(one: Contender, other: Contender): Promise<Comparison> {
  let [own, its] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    let current = one;
    try {
      own = Math.min(own, await one.probe.round());
      current = other;
      its = Math.min(its, await other.probe.round());
    } catch (error) {
      return { failed: current, error };
    }
  }
  return { seconds: [own, its] };
}

/** Records a speed; of two speeds of one arrangement the higher is kept. */
function note(tried: TriedArrangement[], { arrangement, probe }: Contender, seconds: number): void {
  const speed = { ...arrangement, tokensPerSecond: probe.tokens / seconds };
  const place = tried.findIndex((one) => isSame(one, arrangement));
  if (place < 0) tried.push(speed);
  else if (speed.tokensPerSecond > tried[place]!.tokensPerSecond) tried[place] = speed;
}
