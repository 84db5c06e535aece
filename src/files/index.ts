/**
 * @module
 * Files as every module reads and writes them: replaced as a whole, claimed by one process, read line by line.
 */
export { areDistinctPlaces } from "./distinct-places.ts";
export { fileLines } from "./file-lines.ts";
export { ProcessFile } from "./process-file.ts";
export { removeFile } from "./remove-file.ts";
export { replaceFile, replaceFiles } from "./replace-file.ts";
export { isRunning } from "./running-process.ts";
export { shellWord } from "./shell-word.ts";
export {
  requireWritableDirectory,
  requireWritableFile,
  writeNewOutput,
  writeOutput,
} from "./write-output.ts";
