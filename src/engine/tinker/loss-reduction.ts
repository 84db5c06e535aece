/**
 * @module
 * Finds out how a server adds up the losses of a batch, which the protocol does not let it say.
 */
import { EngineError } from "../../errors/index.ts";
import type { ServerDescription } from "../engine.ts";
import { CROSS_ENTROPY, type LossReduction, lossOfMeans, type WireLoss } from "./coefficient-loss.ts";
import { parsed } from "./parsed.ts";
import { ANY_SEQUENCE, STANDING_STEP } from "./probe.ts";
import type { TinkerSession } from "./session.ts";
import { isSkyrl } from "./skyrl.ts";
import { gradientNormOf, stepAnswerSchema, type WireForwardInput } from "./wire.ts";
import type { PromptEncoder } from "./wire-prompt.ts";
import { toDatum } from "./wire-sequence.ts";

/**
 * How the server adds up, by the norm of gradients. A server that reports the batch's loss, as in the protocol, or no
 * token's loss in a forward pass, is taken to sum, as the protocol says. On any other server a second model is made
 * beside the trained model. Its gradients are four times as large under a sum and unchanged under a mean. It never
 * takes a step. It is released afterwards, except at SkyRL: there it stays until the trained model is released, as
 * `TinkerSession.beside` says.
 *
 * @param server the server's description of itself
 * @throws EngineError when the server does neither, or does not report the norm
 */
export async function measuredReduction(
  session: TinkerSession,
  encoder: PromptEncoder,
  server: ServerDescription,
): Promise<LossReduction> {
  const prompt = await encoder.encode(ANY_SEQUENCE.prompt);
  const { length } = ANY_SEQUENCE.completion;
  const batch = (
    arrays: Readonly<Record<string, Float64Array>>,
    { loss_fn, loss_fn_config }: WireLoss,
  ): WireForwardInput => {
    const datum = toDatum(ANY_SEQUENCE, prompt, arrays, "sequence");
    return {
      data: [datum, datum],
      loss_fn,
      ...(loss_fn_config && { loss_fn_config: { ...loss_fn_config } }),
    };
  };
  const filled = (value: number) => new Float64Array(length).fill(value);
  const { loss_fn_outputs: outputs, metrics } = await session.forward(
    "forward",
    batch({ weights: filled(1) }, CROSS_ENTROPY),
  );
  const tellsLoss = Object.keys(metrics ?? {}).some((name) => name.startsWith("loss"));
  if (tellsLoss || outputs.some((tensors) => tensors["elementwise_loss"] === undefined)) return "sum";

  const { loss, inputs } = lossOfMeans(2);
  const { inPlace, end } = await session.beside(server.baseModel);
  const reduction = await inPlace(async () => {
    const norm = async (times: number, input: WireForwardInput): Promise<number> => {
      for (let i = 0; i < times; i++) await session.forward("forward_backward", input);
      const answer = parsed(
        stepAnswerSchema,
        await session.mutate("optim_step", STANDING_STEP),
        "optim_step",
      );
      return gradientNormOf(answer) ?? Number.NaN;
    };
    const once = await norm(1, batch({ weights: filled(1 / length) }, CROSS_ENTROPY));
    const twice = await norm(2, batch({ weights: filled(2 / length) }, CROSS_ENTROPY));
    const own = await norm(1, batch(inputs(filled(1 / length)), loss));
    const isNear = (ratio: number, expected: number) => Math.abs(ratio / expected - 1) < 0.01;
    if (isNear(twice / once, 4)) return "sum";
    // Coefficients of two equal sequences sum to twice the mean.
    if (isNear(twice / once, 1) && isNear(own / once, 2)) return "mean";
    throw new EngineError(
      `forward_backward: expected gradients of a sum or of a mean over tokens and sequences; the norms of one batch, of two of doubled weights and of coefficients are ${once}, ${twice} and ${own}: set engine.lossReduction`,
    );
  });
  if (!isSkyrl(server)) await end();
  return reduction;
}
