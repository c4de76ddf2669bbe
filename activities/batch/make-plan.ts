import type { ColumnSchema, Transfer } from '../../workflows/contract.ts';
import { withEngine } from '../engine/duckdb.ts';
import { compileSelect } from '../engine/select.ts';
import { TransferError } from '../failures.ts';
import { arrowType } from '../formats/arrow-types.ts';
import type { Format } from '../formats/format.ts';
import { TRANSFORMS, formatForKey, formatNamed } from '../registry.ts';
import { connectS3 } from '../stores/s3/s3-store.ts';
import { describeSource } from './describe-source.ts';
import type { EngineSettings } from './engine-settings.ts';
import { findSource, type FoundSource } from './find-source.ts';
import type { EngineJob, PlanJobResult } from './jobs.ts';
import { planDestination } from './plan-destination.ts';
import { withScratch } from './scratch.ts';
import { targetPrefix } from './target.ts';

/** Looks at the source and decides everything about the run; writes nothing anywhere. */
export async function makePlan(
  job: Extract<EngineJob, { type: 'plan' }>,
  settings: EngineSettings,
): Promise<PlanJobResult> {
  const { transfer } = job.run;
  const store = connectS3(job.source);
  try {
    const found = await findSource(store, transfer.source.objectKey);
    refuseOverlap(transfer, found);
    const to = destinationFormat(transfer.destination);
    return await withScratch(settings.scratchDirectory, (directory) =>
      withEngine({ directory, memoryLimit: settings.engineMemory }, async (engine) => {
        const { dataFormat, options = {} } = transfer.source;
        const { planned, metadata } = await describeSource(store, found, {
          ...(dataFormat === undefined ? {} : { dataFormat }),
          options,
          hints: job.hints,
          rowNumbers: false,
          chunkBytes: settings.chunkBytes,
          engine,
          directory,
        });
        const select = await compileSelect(planned, transfer.transformations, TRANSFORMS, engine);
        const destination = await planDestination(job.run, to, select, engine, directory);
        return {
          plan: { source: planned, select, destination },
          source: metadata,
          destination: { format: to.name, columns: written(select.columns) },
          warnings: select.warnings,
        };
      }),
    );
  } finally {
    store.close();
  }
}

/** A copy into its own source would be part of the next copy. */
function refuseOverlap({ source, destination }: Transfer, { prefix, objects }: FoundSource): void {
  if (source.endpoint !== destination.endpoint || source.bucket !== destination.bucket) return;
  const target = targetPrefix(destination) ?? destination.objectKey;
  if (prefix === '' && objects[0]!.key === target)
    throw new TransferError(
      'InvalidOption',
      'spec.destination.s3.objectKey: source and destination are the same object; choose another key',
    );
  if (prefix !== '' && target.startsWith(prefix))
    throw new TransferError(
      'InvalidOption',
      `spec.destination.s3.objectKey: ${JSON.stringify(target)} lies in the source ${JSON.stringify(prefix)}; choose another key`,
    );
}

/** The engine declares every column that it writes as nullable. */
const written = (columns: { name: string; type: string }[]): ColumnSchema[] =>
  columns.map(({ name, type }) => ({ name, type: arrowType(type), nullable: true }));

/** As said in the resource, else by the key's extension, else Parquet. */
function destinationFormat(destination: { objectKey: string; dataFormat?: string }): Format {
  if (destination.dataFormat !== undefined) return formatNamed(destination.dataFormat);
  return formatForKey(destination.objectKey) ?? formatNamed('parquet');
}
