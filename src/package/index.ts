/**
 * @module
 * The package's own files: assets, the worker of the local engine, the built page. And the machine's processor by name.
 */
export { packageFile, packageVersion } from "./package-file.ts";
export { arithmeticOf, processorName } from "./processor.ts";
