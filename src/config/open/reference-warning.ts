/**
 * @module
 * Checks the references of a task before the first step. A reference that no completion can match never yields an
 * accuracy reward.
 */
import {
  type FileSource,
  judgeReference,
  type ProblemSource,
  probeReferences,
  type ReferenceProbe,
  type ReferenceVerdict,
} from "../../data/index.ts";

/** Number of problems from a generated source, which draws them with their images. */
const DRAWN = 8;

const isFileSource = (source: ProblemSource): source is FileSource => "stated" in source;

async function probe(source: ProblemSource, verdict: ReferenceVerdict): Promise<ReferenceProbe> {
  if (isFileSource(source)) return probeReferences(source, verdict);
  let [judged, unreachable] = [0, 0];
  let example: ReferenceProbe["example"];
  for (let index = 0; index < Math.min(DRAWN, source.size); index++) {
    const problem = await source.problem(index);
    const reference = await judgeReference(problem, verdict);
    judged += 1;
    if (reference.isReachable) continue;
    unreachable += 1;
    example ??= { place: problem.id, reference: problem.answers[0] ?? "", reason: reference.reason };
  }
  return { judged, unreachable, ...(example && { example }) };
}

/**
 * Judges the first references of the training problems as answers to their own problems.
 *
 * @returns a warning when no completion can match some of them
 */
export async function referenceWarning(
  source: ProblemSource,
  verdict: ReferenceVerdict,
): Promise<string | undefined> {
  const { judged, unreachable, example } = await probe(source, verdict);
  if (unreachable === 0 || example === undefined) return undefined;
  const { place, reference, reason } = example;
  const which =
    unreachable === judged ? `none of the first ${judged}` : `${unreachable} of the first ${judged}`;
  const what =
    unreachable === judged
      ? `${which} references can be matched by any completion, so the accuracy reward is always 0`
      : `${which} references can be matched by no completion`;
  const shown = reference.length > 80 ? `${reference.slice(0, 80)}…` : reference;
  return `${what}: ${place}: ${JSON.stringify(shown)}: ${reason} (verdict ${verdict.name}); fovea data check lists them`;
}
