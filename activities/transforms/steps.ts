import type { Transformation } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import { parseOptions } from './options.ts';
import type { TransformSecrets } from './secrets.ts';
import type { RowIdentity, Transform } from './transform.ts';

/** One transformation of a transfer: its action and its options, checked. */
interface Step {
  transform: Transform;
  options: unknown;
  columns: readonly string[];
  /** For messages, e.g. `spec.transformation[1]`. */
  path: string;
}

/** Unsupported or InvalidOption for what a resource cannot ask for. */
export function parseSteps(
  transformations: readonly Transformation[],
  transforms: readonly Transform[],
  secrets: TransformSecrets,
): Step[] {
  return transformations.map((transformation, index) => {
    const path = `spec.transformation[${index}]`;
    const transform = findTransform(transformation.action, transforms, path);
    const options = parseOptions(transform, transformation, path, secrets.options[index]);
    return { transform, options, columns: transformation.columns, path };
  });
}

/** What rows must be known by for all of the steps. */
export function identityOf(steps: readonly Step[]): RowIdentity {
  const wanted = new Set(
    steps.map(({ transform, options }): RowIdentity => transform.rowIdentity?.(options) ?? 'none'),
  );
  if (wanted.has('numbered')) return 'numbered';
  return wanted.has('any') ? 'any' : 'none';
}

function findTransform(action: string, transforms: readonly Transform[], path: string): Transform {
  const transform = transforms.find((candidate) => candidate.action === action);
  if (transform !== undefined) return transform;
  throw new TransferError(
    'Unsupported',
    `${path}.action: '${action}' is not supported! Supported: ${transforms.map((known) => known.action).join(', ')}`,
  );
}
