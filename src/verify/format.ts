/**
 * @module
 * Whether a completion has the asked form.
 */

const PARTS = ["<think>", "</think>", "<answer>", "</answer>"] as const;

/**
 * Whether a completion is `<think>…</think><answer>…</answer>` and nothing else: each tag exactly once and in this
 * order, something inside both, at most white space between and around. Linear time.
 *
 * @returns null when it is, else what is wrong with it
 */
export function formatFault(completion: string): string | null {
  const places: number[] = [];
  for (const tag of PARTS) {
    const place = completion.indexOf(tag);
    if (place < 0) return `no ${tag}`;
    if (completion.includes(tag, place + 1)) return `more than one ${tag}`;
    places.push(place);
  }
  const [think = 0, thinkEnd = 0, answer = 0, answerEnd = 0] = places;
  if (!(think < thinkEnd && thinkEnd < answer && answer < answerEnd)) return "tags in another order";
  const between = (from: number, tag: string, to: number) => completion.slice(from + tag.length, to).trim();
  if (completion.slice(0, think).trim() !== "") return "text before <think>";
  if (between(think, PARTS[0], thinkEnd) === "") return "nothing in <think>";
  if (between(thinkEnd, PARTS[1], answer) !== "") return "text between </think> and <answer>";
  if (between(answer, PARTS[2], answerEnd) === "") return "nothing in <answer>";
  if (between(answerEnd, PARTS[3], completion.length) !== "") return "text after </answer>";
  return null;
}
