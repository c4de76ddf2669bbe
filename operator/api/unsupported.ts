import type { FieldError } from './errors.ts';
import type { BatchTransferSpec } from './schema/batch-transfer.ts';
import type { Side } from './schema/side.ts';
import type { Request } from './schema/request.ts';
import { storeOf } from './store.ts';

const FORMATS = new Set(['csv', 'json', 'parquet', 'orc', 'binary']);

/** What a valid resource asks for and DDC cannot do (yet): refused, never ignored. */
export function unsupported({ kind, spec }: Request): FieldError[] {
  if (kind !== 'BatchTransfer')
    return [
      error('kind', `${kind} is not supported yet; use a BatchTransfer to copy once (streaming comes later)`),
    ];
  return [
    ...ofSide('spec.source', spec.source),
    ...ofSide('spec.destination', spec.destination),
    ...ofRun(spec),
  ];
}

function ofSide(path: string, side: Side): FieldError[] {
  const store = storeOf(side);
  if (store === undefined) return [];
  const blockPath = `${path}.${store.spelling}`;
  if (store.type === 'cloudant') return [error(blockPath, 'Cloudant is not supported; supported stores: s3')];
  if (store.type !== 's3')
    return [error(blockPath, `the store ${store.type} is not supported yet; supported stores: s3`)];

  const { block } = store;
  const errors: FieldError[] = [];
  if (path === 'spec.source')
    for (const field of ['partitionBy', 'dropPartitionColumns', 'maxObjectSize'] as const)
      if (block[field] !== undefined)
        errors.push(error(`${blockPath}.${field}`, 'is for destinations; remove it from the source'));
  if (path === 'spec.destination' && block.schema !== undefined)
    errors.push(error(`${blockPath}.schema`, 'is for sources; remove it from the destination'));
  if (block.dataFormat !== undefined && !FORMATS.has(block.dataFormat.toLowerCase()))
    errors.push(
      error(
        `${blockPath}.dataFormat`,
        `format not supported yet; supported are ${listed([...FORMATS])}`,
        block.dataFormat,
      ),
    );
  return errors;
}

function ofRun(spec: BatchTransferSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.writeOperation === 'Update')
    errors.push(error('spec.writeOperation', 'Update operation not supported for batch!'));
  return errors;
}

function error(path: string, message: string, value?: string): FieldError {
  return { path, message, ...(value === undefined ? {} : { value: JSON.stringify(value) }) };
}

const listed = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
