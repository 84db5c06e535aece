/**
 * @module
 * `fovea report`: a run as one HTML file and a Markdown summary.
 */
import { join } from "node:path";
import type { Command } from "commander";
import { writeReport } from "../view/index.ts";
import type { CliContext } from "./context.ts";

interface ReportFlags {
  readonly out?: string;
  readonly data: readonly string[];
  readonly json?: boolean;
}

/** Adds what `fovea report` takes and does. */
export function configure(command: Command, context: CliContext): void {
  command
    .argument("<run-directory>", "the run to report on")
    .option("--out <path>", "the files without their endings; report in the run directory unless given")
    .option(
      "--data <path>",
      "a directory whose data sets may be read for their images; may be repeated",
      (path: string, before: readonly string[]) => [...before, path],
      [],
    )
    .option("--json", "the paths as a JSON object on stdout")
    .action(async (run: string, { out = join(run, "report"), data, json }: ReportFlags) => {
      const written = await writeReport(run, out, data);
      for (const reason of written.missingImages) context.stderr(`warning: an image is missing: ${reason}\n`);
      context.stdout(
        json === true
          ? `${JSON.stringify({ event: "finished", ...written })}\n`
          : `report  ${written.html}\nnumbers  ${written.markdown}\n`,
      );
    });
}
