import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const DIRECTORY = join(import.meta.dirname, '..', 'fixtures', 'fybrik');

/** Manifests that others have written or rendered, and that must apply as they are. */
export const FYBRIK_FIXTURES = [
  'sample-batch',
  'sample-stream',
  'chart-batch',
  'chart-stream',
  'design-batch',
  'design-sync',
] as const;

/** The file itself. */
export function fybrikManifest(name: (typeof FYBRIK_FIXTURES)[number]): string {
  return readFileSync(join(DIRECTORY, `${name}.yaml`), 'utf8');
}

/** As the API server would hand it out, had it changed nothing. */
export function fybrikResource(name: (typeof FYBRIK_FIXTURES)[number]): Record<string, unknown> {
  const resource = parse(fybrikManifest(name)) as { metadata: object };
  return { ...resource, metadata: { namespace: 'ns', uid: 'uid-1', generation: 1, ...resource.metadata } };
}
