/**
 * @module
 * Looking at runs: the viewer's server, reports, and event files for TensorBoard. Reads run directories as
 * docs/run-directory.md describes them, and writes nothing into them.
 */
export { type WrittenReport, writeReport } from "./report/write-report.ts";
export { startViewer, type Viewer, type ViewerOptions } from "./server/viewer-server.ts";
export { type WrittenEvents, writeEvents } from "./tensorboard/write-events.ts";
export { unreadableText } from "./unreadable-text.ts";
