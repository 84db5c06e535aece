import { appendFileSync } from "node:fs";
import type { Observer } from "fovea";

/** One line of accuracy an iteration, for programs that read CSV. */
export function csvObserver(path: string): Observer {
  return {
    name: "csv",
    event(event) {
      if (event.event !== "iteration") return;
      appendFileSync(path, `${event.iteration},${event.accuracy},${event.reward}\n`);
    },
  };
}
