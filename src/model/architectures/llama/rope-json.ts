/**
 * @module
 * Rotary positions of Llama's kind in a text_config, both ways.
 */
import type { TextConfig } from "../../config.ts";
import type { Fields } from "../../json-fields.ts";

/**
 * Rotary positions, by either of the places that transformers has had for them.
 *
 * @param defaultTheta the base where the file says none
 * @throws ModelError naming the field: positions stretched in another way, or impossible numbers
 */
export function parseRope(text: Fields, defaultTheta: number): Pick<TextConfig, "ropeTheta" | "ropeScaling"> {
  const rope = text.object(text.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
  const ropeTheta = rope.has("rope_theta")
    ? rope.positive("rope_theta")
    : text.positive("rope_theta", defaultTheta);
  const type = rope.text("rope_type", rope.text("type", "default"));
  if (type === "default") return { ropeTheta };
  if (type !== "llama3")
    throw rope.error(rope.has("rope_type") ? "rope_type" : "type", '"default" or "llama3"');
  const low = rope.positive("low_freq_factor");
  const high = rope.positive("high_freq_factor");
  if (high <= low) throw rope.error("high_freq_factor", `a number above low_freq_factor (${low})`);
  return {
    ropeTheta,
    ropeScaling: {
      factor: rope.positive("factor"),
      lowFrequencyFactor: low,
      highFrequencyFactor: high,
      originalContext: rope.integer("original_max_position_embeddings"),
    },
  };
}

/** `rope_scaling` of transformers 4, which 5 reads too. */
export function ropeScalingJson({ ropeScaling }: TextConfig): object | null {
  if (ropeScaling === undefined) return null;
  return {
    factor: ropeScaling.factor,
    high_freq_factor: ropeScaling.highFrequencyFactor,
    low_freq_factor: ropeScaling.lowFrequencyFactor,
    original_max_position_embeddings: ropeScaling.originalContext,
    rope_type: "llama3",
  };
}
