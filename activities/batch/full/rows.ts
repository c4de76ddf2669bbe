import type { VerifiedSlice } from '../../../workflows/contract/receipt.ts';
import { checksumsOf } from '../../engine/checksums.ts';
import { withEngine } from '../../engine/duckdb.ts';
import { engineError } from '../../engine/errors.ts';
import { TransferError } from '../../failures.ts';
import type { Column } from '../../formats/format.ts';
import { formatNamed } from '../../registry.ts';
import { connectS3 } from '../../stores/s3/s3-store.ts';
import { chunkRelation } from '../chunk-relation.ts';
import { fetchPieces, oneAtATime } from '../convert.ts';
import { describeSource } from '../describe-source.ts';
import type { EngineSettings } from '../engine-settings.ts';
import type { EngineJob } from '../jobs.ts';
import type { PieceWork, PlannedSource } from '../plan.ts';
import { withScratch } from '../scratch.ts';
import { readingBack } from './failed.ts';

type Columns = Extract<EngineJob, { type: 'verifyChunk' }>['columns'];

/** Cuts what was published into chunks, as a source is. */
export async function describePublished(
  {
    destination,
    secrets,
    format,
    options,
    columns,
    objects,
  }: Extract<EngineJob, { type: 'describePublished' }>,
  settings: EngineSettings,
): Promise<PlannedSource> {
  const store = connectS3(destination);
  const found = objects.map(({ key, etag, bytes }) => ({ key, etag, size: bytes }));
  try {
    return await withScratch(settings.scratchDirectory, (directory) =>
      withEngine({ directory, memoryLimit: settings.engineMemory }, (engine) =>
        readingBack(store.location(objects[0]!.key), async () => {
          const { planned } = await describeSource(
            store,
            { objects: found, prefix: '' },
            {
              dataFormat: format,
              options,
              hints: {},
              rowNumbers: false,
              written: columns,
              secrets,
              chunkBytes: settings.chunkBytes,
              engine,
              directory,
            },
          );
          return planned;
        }),
      ),
    );
  } finally {
    store.close();
  }
}

/** Counts and sums up what a chunk of the published objects holds. */
export async function verifyChunk(
  { destination, secrets, format: name, pieces, columns }: Extract<EngineJob, { type: 'verifyChunk' }>,
  settings: EngineSettings,
): Promise<VerifiedSlice> {
  const store = connectS3(destination);
  const format = formatNamed(name);
  const { location } = pieces[0]!.source;
  try {
    return await withScratch(settings.scratchDirectory, (directory) =>
      readingBack(location, async () => {
        const fetched = await fetchPieces(store, format, { pieces }, directory, secrets);
        const { relation } = chunkRelation(fetched, asRead(pieces, columns));
        const compared = columns.map((column) => format.compared(column, 'file'));
        const sums = await oneAtATime(() =>
          withEngine({ directory, memoryLimit: settings.engineMemory }, (engine) =>
            checksumsOf(engine, relation, compared),
          ),
        ).catch((error: unknown) => {
          throw unreadable(engineError(error as Error, location));
        });
        return { rows: fetched.reduce((sum, piece) => sum + piece.fetched.rows, 0), sums };
      }),
    );
  } finally {
    store.close();
  }
}

/** What DDC has written and the engine cannot read is damaged, however the engine puts it. */
function unreadable(error: TransferError): TransferError {
  return error.code === 'Internal' ? new TransferError('MalformedData', error.message) : error;
}

/** With the types that the objects have: one writer has written them all. */
function asRead([first]: readonly PieceWork[], columns: Columns): Column[] {
  return columns.map((column) => {
    const found = first?.source.columns.find(({ name }) => name === column.name);
    return found ?? { ...column, nullable: true };
  });
}
