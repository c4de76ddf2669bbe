import { expect } from '@jest/globals';
import type { ResourceStatus } from '../../operator/api/status.ts';
import { apply, batchTransfer, untilStatus } from './kubernetes.ts';
import { keys, uploads } from './s3.ts';

/** States in which nothing more happens by itself. */
export const ENDED = ['Succeeded', 'Fatal', 'ConfigurationError'];

/** Applies a BatchTransfer that the API server takes, and waits until its status is one of these. */
export async function outcome(
  namespace: string,
  name: string,
  spec: object,
  states: string[] = ENDED,
): Promise<ResourceStatus> {
  const { code, stderr } = await apply(batchTransfer(namespace, name, spec));
  if (code !== 0) throw new Error(`kubectl apply refused ${name}: ${stderr}`);
  return untilStatus(namespace, name, states);
}

/** The bucket holds these objects: nothing else visible, nothing staged, no upload under way. */
export async function expectOnly(bucket: string, objects: string[]): Promise<void> {
  expect(await keys(bucket)).toEqual([...objects].sort());
  expect(await uploads(bucket)).toEqual([]);
}
