/** What an engine process is told by its environment; see worker/config.ts for meaning and defaults. */
export interface EngineSettings {
  scratchDirectory: string;
  /** Bytes for one engine. */
  engineMemory: number;
  chunkBytes: number;
}

export function toEnvironment(settings: EngineSettings): Record<string, string> {
  return {
    DDC_ENGINE_SCRATCH: settings.scratchDirectory,
    DDC_ENGINE_MEMORY: String(settings.engineMemory),
    DDC_ENGINE_CHUNK_BYTES: String(settings.chunkBytes),
  };
}

export function fromEnvironment(environment: NodeJS.ProcessEnv): EngineSettings {
  return {
    scratchDirectory: environment['DDC_ENGINE_SCRATCH']!,
    engineMemory: Number(environment['DDC_ENGINE_MEMORY']),
    chunkBytes: Number(environment['DDC_ENGINE_CHUNK_BYTES']),
  };
}
