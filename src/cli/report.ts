/**
 * @module
 * `fovea report`: a run as one HTML file and a Markdown summary.
 */
import { join } from "node:path";
import type { Command } from "commander";
import { writeReport } from "../view/index.ts";
import type { CliContext } from "./context.ts";
import { several } from "./several.ts";

interface ReportFlags {
  readonly out?: string;
  readonly data: readonly string[];
  readonly json?: boolean;
}

/** Adds the arguments and the action of `fovea report`. */
export function configure(command: Command, context: CliContext): void {
  command
    .argument("<run-directory>", "the run to report on")
    .option("--out <path>", "path of both files without extension; default: report in the run directory")
    .option(
      "--data <path>",
      "allow reading images of data sets, and running a task's module, in this directory; may be repeated",
      several,
      [],
    )
    .option("--json", "print the paths as a JSON object on stdout")
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
