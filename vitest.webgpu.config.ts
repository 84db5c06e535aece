import { defineConfig } from "vitest/config";

/**
 * Tests on a graphics adapter, all operators' among them: `npm run test:webgpu`. They fail where there is no adapter. A machine
 * without one can use SwiftShader, see docs/webgpu.md; it is slow, so checks of many rows are left to the processor.
 */
export default defineConfig({
  test: {
    include: ["src/**/*.webgpu.test.ts", "src/tensor/autodiff.test.ts", "src/tensor/ops/*.test.ts"],
    testNamePattern: /^(?!.*several threads)/,
    setupFiles: ["src/testing/setup.ts"],
    env: { FOVEA_TEST_DEVICE: "webgpu" },
    // One process has one adapter.
    maxWorkers: 1,
    isolate: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
