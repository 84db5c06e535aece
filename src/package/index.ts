/**
 * @module
 * The package's own files: assets, the worker of the local engine, the built page.
 */
export { packageFile, packageVersion } from "./package-file.ts";
