import { readFileSync } from 'node:fs';
import { z } from 'zod';

const packageSchema = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()) });
const { version, dependencies } = packageSchema.parse(
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')),
);

/** Of this program and of its engine; the engine's is that which package.json pins, without a process that has it loaded. */
export const VERSIONS = {
  ddc: version,
  engine: `DuckDB ${dependencies['@duckdb/node-api']!.replace(/-.*$/, '')}`,
};
