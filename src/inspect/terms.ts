/**
 * @module
 * Every term that a view of a token shows, explained in a sentence: the text that hovering over it gives.
 */

export const TERMS: Readonly<Record<string, string>> = {
  token: "The place of the token in the completion, from 0, and its text.",
  reference: "The accepted answers of the problem.",
  "read as": "The answer that the verdict read out of the completion.",
  reward: "The weighted sum of the rewards of this completion.",
  advantage:
    "The reward compared with the group's rewards: above 0 the completion becomes likelier, below 0 less likely.",
  tokens: "Tokens of the completion; cut where it ended at the token limit.",
  probability: "Probability of this token after the tokens before it.",
  "log-prob": "Natural logarithm of the token's probability, nats.",
  "log-prob, nats": "Natural logarithm of the token's probability.",
  entropy: "Entropy of the whole distribution at this place, nats: 0 where only one token is possible.",
  "entropy, nats": "Entropy of the whole distribution at this place: 0 where only one token is possible.",
  "without the image": "Probability of this token in a second pass in which the images are discarded.",
  "without image": "Log-prob of this token in a second pass in which the images are discarded, nats.",
  "likeliest here": "The tokens with the highest probability at this place.",
  likeliest: "The tokens with the highest probability at this place.",
  grounding: "Probability with the image less probability without it.",
  KL: "Kullback-Leibler divergence of the whole distributions with and without the image, nats.",
  role: "The token's role by DyCo-RL: visual, text or neutral.",
  visual: "Visual role: the token's attention on the image changed, so it reads the image.",
  text: "Text role: the token's attention on the text changed, so it works on the text.",
  neutral: "Neutral role: neither attention changed by more than the threshold.",
  alignment: "Share of the token's attention that goes to the modality of its role.",
  weight: "Credit weight: the factor by which the advantage of this token is multiplied.",
  "credit weight": "The factor by which the advantage of this token is multiplied.",
  "weight × advantage":
    "The advantage of this token: the advantage of the completion times its credit weight.",
  "effective tokens": "(Σw)² / Σw²: the number of tokens that effectively carry the credit.",
  ratio: "Probability by the inspecting weights, divided by the probability when the token was sampled.",
  clip: "Whether the policy loss clips the token's ratio at its bound.",
  mass: "Attention of the token's row, mean over heads of the last layer, that goes to image or text.",
  shift: "Distance between the attention of this token and of the one before it, on image or text.",
  "visual mass":
    "Attention of the token's row, mean over heads of the last layer, that goes to image tokens.",
  "text mass": "Attention of the token's row, mean over heads of the last layer, that goes to text tokens.",
  "visual shift": "Distance between the attention on the image of this token and of the one before it.",
  "text shift": "Distance between the attention on the text of this token and of the one before it.",
  "visual sharpness": "How concentrated the attention on the image is.",
  "text sharpness": "How concentrated the attention on the text is.",
  "visual divergence":
    "Divergence between the attention on the image of this token and of the one before it.",
  "text divergence": "Divergence between the attention on the text of this token and of the one before it.",
  connectivity: "AT-RL: how strongly the token is connected with the image through calibrated attention.",
  cluster: "The number of the token's cluster by AT-RL.",
  "cosine to the centroid": "Cosine of the token's calibrated attention and of the mean of its cluster.",
  "likeness to the image": "Cosine of the token's hidden state and of the hidden states of the image.",
};

/** The explanation of a term; undefined where it has none. */
export function termText(term: string): string | undefined {
  return Object.hasOwn(TERMS, term) ? TERMS[term] : undefined;
}
