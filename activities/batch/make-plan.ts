import type { ColumnSchema } from '../../workflows/contract.ts';
import { withEngine } from '../engine/duckdb.ts';
import { compileSelect, needsRowNumbers } from '../engine/select.ts';
import { TransferError } from '../failures.ts';
import { arrowType } from '../formats/arrow-types.ts';
import type { Format, SourceDescription } from '../formats/format.ts';
import { TRANSFORMS, formatForKey, formatNamed, formatOfContent } from '../registry.ts';
import { connectS3 } from '../stores/s3/s3-store.ts';
import type { ObjectInfo, ObjectStore } from '../stores/object-store.ts';
import { MAX_CHUNKS } from './assembly.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { EngineJob, PlanJobResult } from './jobs.ts';
import { withScratch } from './scratch.ts';

/** Looks at the source and decides everything about the run; writes nothing anywhere. */
export async function makePlan(
  job: Extract<EngineJob, { type: 'plan' }>,
  settings: EngineSettings,
): Promise<PlanJobResult> {
  const { secrets } = job;
  const { transfer } = job.run;
  const { transformations } = transfer;
  const store = connectS3(job.source);
  try {
    const object = await findSource(store, transfer.source.objectKey);
    const reader = store.open(object);
    const from = await sourceFormat(store, object, transfer.source.dataFormat);
    const to = destinationFormat(transfer.destination);
    return await withScratch(settings.scratchDirectory, (directory) =>
      withEngine({ directory, memoryLimit: settings.engineMemory, secrets }, async (engine) => {
        const rowNumbers = needsRowNumbers(transformations, TRANSFORMS, secrets);
        const described = await from.describe(reader, {
          chunkBytes: settings.chunkBytes,
          maxChunks: MAX_CHUNKS,
          hints: job.hints,
          options: transfer.source.options ?? {},
          rowNumbers,
          engine,
          directory,
        });
        const select = await compileSelect(described, transformations, TRANSFORMS, engine, {
          changeData: transfer.readDataType === 'ChangeData' && transfer.writeDataType === 'ChangeData',
          secrets,
        });
        const { columns, cuts, reading } = described;
        return {
          plan: {
            source: {
              key: object.key,
              etag: object.etag,
              size: object.size,
              format: from.name,
              chunks: { location: reader.location, columns, cuts, reading },
              ...(rowNumbers ? { firstRows: firstRows(described, reader.location) } : {}),
            },
            select,
            destination: {
              key: transfer.destination.objectKey,
              format: to.name,
              options: transfer.destination.options ?? {},
            },
          },
          source: {
            format: from.name,
            columns: columns.map((column) => ({ ...column, type: arrowType(column.type) })),
            bytes: object.size,
            objects: 1,
            ...(described.rows === undefined ? {} : { rows: described.rows }),
            details: described.details,
          },
          destination: { format: to.name, columns: written(select.columns) },
          warnings: select.warnings,
        };
      }),
    );
  } finally {
    store.close();
  }
}

/** One chunk begins with row 0; several need a format that counts. */
function firstRows({ firstRows: counted, cuts }: SourceDescription, location: string): number[] {
  if (counted !== undefined) return counted;
  if (cuts.length === 2) return [0];
  throw new TransferError(
    'Unsupported',
    `${location}: SampleRows needs the rows numbered, which this format does not do for objects of several chunks`,
  );
}

/** The engine declares every column that it writes as nullable. */
const written = (columns: { name: string; type: string }[]): ColumnSchema[] =>
  columns.map(({ name, type }) => ({ name, type: arrowType(type), nullable: true }));

async function findSource(store: ObjectStore, key: string): Promise<ObjectInfo> {
  const object = await store.head(key);
  if (object === undefined)
    throw new TransferError(
      'ObjectNotFound',
      `spec.source.s3.objectKey: ${store.location(key)} does not exist at ${store.endpoint}`,
    );
  return object;
}

/** As said in the resource, else by the key's extension, else by the content. */
async function sourceFormat(
  store: ObjectStore,
  object: ObjectInfo,
  given: string | undefined,
): Promise<Format> {
  if (given !== undefined) return formatNamed(given);
  return formatForKey(object.key) ?? formatOfContent(store.open(object));
}

/** As said in the resource, else by the key's extension, else Parquet. */
function destinationFormat(destination: { objectKey: string; dataFormat?: string }): Format {
  if (destination.dataFormat !== undefined) return formatNamed(destination.dataFormat);
  return formatForKey(destination.objectKey) ?? formatNamed('parquet');
}
