/**
 * @module
 * The parts of the engine that sampling, scoring and training share.
 */
import type { ModelGraphs } from "../../../model/graph/index.ts";
import type { ModelConfig } from "../../../model/index.ts";
import type { Checkpointing } from "../checkpointing.ts";
import type { DeviceEmbedding } from "../device/device-embedding.ts";
import type { MemoryPlan } from "../memory/memory-plan.ts";
import type { ProgramCache } from "../program-cache.ts";
import type { RotaryTable } from "../prompts/rotary-table.ts";
import type { VisionEncoder } from "../prompts/vision-encoder.ts";
import type { ParameterStore } from "../weights/parameter-store.ts";

/** The parts shared by sampling, scoring and training. */
export interface Machinery {
  readonly config: ModelConfig;
  readonly graphs: ModelGraphs;
  readonly store: ParameterStore;
  readonly programs: ProgramCache;
  readonly vision: VisionEncoder;
  readonly table: RotaryTable;
  readonly memory: MemoryPlan;
  /** Rows, prompt and completion tokens together, computed at once. */
  readonly maxTokens: number;
  readonly checkpointing: Checkpointing;
  /** Looks the vocabulary up where it lies on a device. */
  readonly embedding?: DeviceEmbedding | undefined;
}
