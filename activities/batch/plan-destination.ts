import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run, S3Asset } from '../../workflows/contract.ts';
import { identifier, literal, type Engine } from '../engine/engine.ts';
import type { CompiledSelect } from '../engine/select.ts';
import { TransferError } from '../failures.ts';
import type { Format } from '../formats/format.ts';
import { findColumn, listColumns } from '../transforms/columns.ts';
import type { PlannedDestination, PlannedObjects } from './plan.ts';
import { targetPrefix } from './target.ts';

/** Characters of the run's id in names of appended objects: enough that no two runs share a name. */
const RUN_IN_NAME = 12;

/** Where the result goes: one object, or several below a prefix. */
export async function planDestination(
  run: Run,
  format: Format,
  select: CompiledSelect,
  engine: Engine,
  directory: string,
): Promise<PlannedDestination> {
  const asset = run.transfer.destination;
  const options = asset.options ?? {};
  const append = run.transfer.writeOperation === 'Append';
  const { stem, extension } = splitKey(asset.objectKey, format);
  const token = run.runId.replaceAll('-', '').slice(0, RUN_IN_NAME);
  const partitionBy = partitionColumnsOf(asset, select);
  const prefix = targetPrefix(asset);
  if (prefix === undefined)
    return {
      format: format.name,
      options,
      key: append ? `${stem}-${token}${extension}` : asset.objectKey,
    };
  const objects: PlannedObjects = {
    prefix,
    name: append ? `part-${token}-` : 'part-',
    extension: extension === '' ? `.${format.extensions[0]}` : extension,
    partitionBy,
    dropPartitionColumns: asset.dropPartitionColumns ?? false,
    ...(asset.maxObjectSize === undefined ? {} : { maxObjectSize: asset.maxObjectSize }),
    prologue: await prologueOf(
      format,
      options,
      columnsWritten(select, asset, partitionBy),
      engine,
      directory,
    ),
  };
  return { format: format.name, options, key: asset.objectKey, objects };
}

/** The extension counts only when it names the format. */
function splitKey(key: string, format: Format): { stem: string; extension: string } {
  const extension = format.extensions
    .map((name) => `.${name}`)
    .find((candidate) => key.toLowerCase().endsWith(candidate));
  if (extension === undefined || key.length === extension.length) return { stem: key, extension: '' };
  return { stem: key.slice(0, -extension.length), extension: key.slice(-extension.length) };
}

function partitionColumnsOf(asset: S3Asset, select: CompiledSelect): string[] {
  const path = 'spec.destination.s3.partitionBy';
  const names = (asset.partitionBy ?? []).map((name) => {
    const column = findColumn(name, select.columns, path);
    if (column !== undefined) return column.name;
    throw new TransferError(
      'UnknownColumn',
      `${path}: column "${name}" is not in the result. Columns: ${listColumns(select.columns)}`,
    );
  });
  if (new Set(names).size !== names.length)
    throw new TransferError('InvalidOption', `${path}: a column is named twice: ${names.join(', ')}`);
  if (asset.dropPartitionColumns === true && names.length === select.columns.length)
    throw new TransferError(
      'InvalidOption',
      'spec.destination.s3.dropPartitionColumns: no column would be left in the data',
    );
  return names;
}

function columnsWritten(
  select: CompiledSelect,
  asset: S3Asset,
  partitionBy: readonly string[],
): CompiledSelect['columns'] {
  if (asset.dropPartitionColumns !== true) return select.columns;
  return select.columns.filter(({ name }) => !partitionBy.includes(name));
}

/** What a result without rows is: the begin of every object. */
async function prologueOf(
  format: Format,
  options: PlannedDestination['options'],
  columns: CompiledSelect['columns'],
  engine: Engine,
  directory: string,
): Promise<PlannedObjects['prologue']> {
  const result = join(directory, 'prologue');
  const nulls = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${identifier(name)}`);
  const none = `SELECT ${nulls.join(', ')} LIMIT 0`;
  await engine.run(`COPY (${none}) TO ${literal(result)} (${format.copyOptions(0, options)})`);
  const file = (await format.encode?.(result, directory, options, 0)) ?? result;
  const { start, end, trailer } = await format.layout(file);
  const body = (await readFile(file)).subarray(start, end);
  return { body: body.toString('base64'), trailer: trailer.toString('base64') };
}
