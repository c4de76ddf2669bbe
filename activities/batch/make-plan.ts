import type { Transfer } from '../../workflows/contract.ts';
import type { ColumnSchema } from '../../workflows/contract/metadata.ts';
import { withEngine } from '../engine/duckdb.ts';
import { compileSelect, needsRowNumbers } from '../engine/select.ts';
import { TransferError } from '../failures.ts';
import { arrowType } from '../formats/arrow-types.ts';
import type { Format } from '../formats/format.ts';
import { TRANSFORMS, formatForKey, formatNamed } from '../registry.ts';
import { connectS3 } from '../stores/s3/s3-store.ts';
import { describeSource } from './describe-source.ts';
import type { EngineSettings } from './engine-settings.ts';
import { findSource } from './find-source.ts';
import type { EngineJob, PlanJobResult } from './jobs.ts';
import { planDestination } from './plan-destination.ts';
import { asSnapshot, snapshotColumns } from './snapshot.ts';
import { withScratch } from './scratch.ts';
import { refuseOverlap } from './target.ts';
import { makeVerbatimPlan } from './verbatim/make-plan.ts';
import { isVerbatim } from './verbatim/plan.ts';

/** What makePlan needs of a job. */
export type PlanJob = Omit<Extract<EngineJob, { type: 'plan' }>, 'type'>;

/**
 * Looks at the source and decides everything about the run; writes nothing anywhere.
 * @param numbered whether chunks may have to know the number of their first row
 */
export async function makePlan(
  job: PlanJob,
  settings: EngineSettings,
  numbered = true,
): Promise<PlanJobResult> {
  const { secrets } = job;
  const { transfer } = job.run;
  const { transformations } = transfer;
  if (isVerbatim(job.run)) return makeVerbatimPlan(job, settings);
  const store = connectS3(job.source);
  try {
    refuseChanges(transfer);
    const found = await findSource(store, transfer.source.objectKey);
    refuseOverlap(transfer, found);
    const to = destinationFormat(transfer.destination);
    return await withScratch(settings.scratchDirectory, (directory) =>
      withEngine({ directory, memoryLimit: settings.engineMemory, secrets }, async (engine) => {
        const { dataFormat, options = {} } = transfer.source;
        const { planned, metadata } = await describeSource(store, found, {
          ...(dataFormat === undefined ? {} : { dataFormat }),
          options,
          hints: job.hints,
          rowNumbers: numbered && needsRowNumbers(transformations, TRANSFORMS, secrets),
          chunkBytes: Math.min(settings.chunkBytes, transfer.destination.maxObjectSize ?? Infinity),
          engine,
          directory,
        });
        const changes = transfer.readDataType === 'ChangeData';
        const source =
          changes && transfer.writeDataType === 'LogData'
            ? asSnapshot(planned, store.location(transfer.source.objectKey))
            : planned;
        const rows =
          source.snapshot === undefined
            ? source
            : { columns: await snapshotColumns(engine, source.columns, source.snapshot) };
        const select = await compileSelect(rows, transformations, TRANSFORMS, engine, {
          changeData: changes && source.snapshot === undefined,
          secrets,
        });
        const destination = await planDestination(job.run, to, select, engine, directory);
        return {
          plan: { kind: 'tabular' as const, source, select, destination },
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

function refuseChanges({ readDataType, writeDataType }: Transfer): void {
  if (readDataType === 'LogData' && writeDataType === 'ChangeData')
    throw new TransferError(
      'InvalidOption',
      'spec.writeDataType: ChangeData cannot be made of LogData; set LogData, or ChangeData for readDataType, too',
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
