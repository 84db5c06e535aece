import { createTinkerEngine, defineEngine, z } from "fovea";

/** The servers of one laboratory: an engine behind the Tinker protocol, with its own address and key. */
export const lab = defineEngine({
  schema: z.strictObject({ host: z.string().default("gpu-1.lab.example") }),
  create: ({ host }, { model, seed, valueHead }) => {
    if (model === undefined)
      throw new Error("expected model to be a directory: its tokenizer is needed here");
    const apiKey = process.env["LAB_KEY"];
    return createTinkerEngine({ url: `http://${host}:8000`, apiKey, model, seed, valueHead });
  },
});
