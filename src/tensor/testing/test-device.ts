/**
 * @module
 * The device on which a test's programs run: `npm run test:webgpu` runs the tests of all operators on another one.
 */
import type { Device } from "../device.ts";

export const TEST_DEVICE: Device = process.env["FOVEA_TEST_DEVICE"] === "webgpu" ? "webgpu" : "cpu";
