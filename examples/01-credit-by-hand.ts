/**
 * @module
 * From attention to the push on every token, on numbers small enough to follow by hand: attention rows, DyCo-RL's
 * signals, roles and token weights, the GRPO objective.
 *
 *     npm run build && node dist/examples/01-credit-by-hand.js
 */
import { attentionSignals, dycoRl, KEY_KIND } from "fovea/credit";
import { objective } from "fovea/objective";

// A prompt of two image tokens and two words, then a completion of five tokens: nine keys.
const { visual, text } = KEY_KIND;
const kind = Uint8Array.of(visual, visual, text, text, text, text, text, text, text);
const tokens = ["I", "see", "3", ".", "So"];
const firstQuery = 4;

// Last layer, mean over heads: one row per completion token, on all keys up to its own.
const rows = [
  [0.2, 0.2, 0.3, 0.29, 0.01, 0, 0, 0, 0], // I
  [0.2, 0.2, 0.3, 0.28, 0.01, 0.01, 0, 0, 0], // see: as before
  [0.1, 0.6, 0.15, 0.13, 0.01, 0, 0.01, 0, 0], // 3: from both halves of the image to the right one
  [0.05, 0.3, 0.3, 0.3, 0.01, 0.01, 0.02, 0.01, 0], // .: back to the words, in the old proportions
  [0.01, 0.06, 0.1, 0.1, 0.01, 0.01, 0.6, 0.01, 0.1], // So: to the 3 that was just written
];

const shape = { tokens: tokens.length, keys: kind.length };
const signals = attentionSignals(rows.flat(), shape, kind, firstQuery);
const credit = dycoRl(signals);

// A group of two completions: the first was right, the second wrong. Nothing was learnt since they were sampled, so
// present and old log-probs are the same and every importance ratio is 1.
const logprobs = [-0.1, -0.1, -1.2, -0.2, -0.4];
const right = { logprobs, oldLogprobs: logprobs, mask: [1, 1, 1, 1, 1], weights: credit.weights };
const wrong = { logprobs: [-0.5, -0.7], oldLogprobs: [-0.5, -0.7], mask: [1, 1] };
const { loss, coefficients } = objective({ kind: "grpo" }, [
  { rewards: [1, 0], completions: [right, wrong] },
]);

const push = coefficients[0]?.[0] ?? [];
console.log("token  visual mass  visual shift  text shift  role     weight  push on log π");
for (const [t, token] of tokens.entries()) {
  const cells = [
    token.padEnd(5),
    signals.visualMass[t]?.toFixed(2).padStart(11),
    signals.visualShift[t]?.toFixed(2).padStart(12),
    signals.textShift[t]?.toFixed(2).padStart(10),
    credit.roles[t]?.padEnd(7),
    credit.weights[t]?.toFixed(3).padStart(6),
    push[t]?.toFixed(4).padStart(13),
  ];
  console.log(cells.join("  "));
}
console.log(`loss ${loss.toFixed(4)}`);
