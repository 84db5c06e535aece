import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { defineObserver, z } from "fovea";

/** One line of accuracy an iteration, for programs that read CSV. */
export const csv = defineObserver({
  schema: z.strictObject({ file: z.string().default("accuracy.csv") }),
  create: ({ file }, { runDirectory }) => ({
    name: "csv",
    event(event) {
      if (event.event !== "iteration") return;
      appendFileSync(join(runDirectory, file), `${event.iteration},${event.accuracy},${event.reward}\n`);
    },
  }),
});
