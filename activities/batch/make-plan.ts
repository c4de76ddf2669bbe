import type { Transfer } from '../../workflows/contract.ts';
import { withEngine } from '../engine/duckdb.ts';
import type { Engine } from '../engine/engine.ts';
import { compileSelect, needsRowNumbers } from '../engine/select.ts';
import { TransferError } from '../failures.ts';
import type { Format } from '../formats/format.ts';
import { formatForKey, formatNamed } from '../registry.ts';
import { TRANSFORMS } from '../transforms/all.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { connectS3 } from '../stores/s3/s3-store.ts';
import { describeSource } from './describe-source.ts';
import { refuseKeysOfNothing, refuseSeveralObjects, refuseUnusedKeys } from './encryption.ts';
import type { EngineSettings } from './engine-settings.ts';
import { findSource } from './find-source.ts';
import { holdColumns } from './hold-columns.ts';
import type { EngineJob, PlanJobResult } from './jobs.ts';
import { keepSmall } from './keep-small.ts';
import { planDestination } from './plan-destination.ts';
import { SMALL_BYTES } from './small.ts';
import { asSnapshot, snapshotColumns } from './snapshot.ts';
import { withScratch } from './scratch.ts';
import { refuseOverlap } from './target.ts';
import { makeVerbatimPlan } from './verbatim/make-plan.ts';
import { BINARY, isVerbatim } from './verbatim/plan.ts';

/** What makePlan needs of a job. */
export type PlanJob = Omit<Extract<EngineJob, { type: 'plan' }>, 'type'>;

/** Where a plan of rows is made, until it is. */
interface Open {
  source: ObjectStore;
  engine: Engine;
  directory: string;
}

/**
 * Looks at the source and decides everything about the run; writes nothing anywhere.
 * @param numbered whether chunks may have to know the number of their first row
 * @param then what to do with a plan of rows while everything is open
 */
export async function makePlan<R extends PlanJobResult = PlanJobResult>(
  job: PlanJob,
  settings: EngineSettings,
  numbered = true,
  then?: (made: PlanJobResult, open: Open) => Promise<R>,
): Promise<PlanJobResult | R> {
  const { secrets } = job;
  const { transfer } = job.run;
  const { transformations } = transfer;
  if (isVerbatim(job.run)) {
    refuseUnusedKeys(transfer, 'source', BINARY);
    refuseUnusedKeys(transfer, 'destination', BINARY);
    return makeVerbatimPlan(job, settings);
  }
  const to = destinationFormat(transfer.destination);
  refuseUnusedKeys(transfer, 'destination', to.name);
  refuseSeveralObjects(transfer);
  const store = keepSmall(connectS3(job.source), SMALL_BYTES);
  try {
    refuseChanges(transfer);
    const found = await findSource(store, transfer.source.objectKey);
    refuseOverlap(transfer, found);
    return await withScratch(settings.scratchDirectory, (directory) =>
      withEngine({ directory, memoryLimit: settings.engineMemory, secrets }, async (engine) => {
        const { dataFormat, schema, options = {} } = transfer.source;
        const { planned, metadata, warnings } = await describeSource(store, found, {
          ...(dataFormat === undefined ? {} : { dataFormat }),
          ...(schema === undefined ? {} : { schema }),
          options,
          hints: job.hints,
          rowNumbers: numbered && needsRowNumbers(transformations, TRANSFORMS, secrets),
          chunkBytes: Math.min(settings.chunkBytes, transfer.destination.maxObjectSize ?? Infinity),
          secrets: secrets.source,
          engine,
          directory,
        });
        const changes = transfer.readDataType === 'ChangeData';
        refuseUnusedKeys(transfer, 'source', planned.format);
        const undivided = to.undivided?.(transfer.destination.options ?? {}) === true;
        const pieces = undivided ? { ...planned, chunks: [planned.chunks.flat()] } : planned;
        const source =
          changes && transfer.writeDataType === 'LogData'
            ? asSnapshot(pieces, store.location(transfer.source.objectKey))
            : pieces;
        const rows =
          source.snapshot === undefined
            ? source
            : { columns: await snapshotColumns(engine, source.columns, source.snapshot) };
        const select = await compileSelect(rows, transformations, TRANSFORMS, engine, {
          changeData: changes && source.snapshot === undefined,
          secrets,
        });
        refuseKeysOfNothing(transfer, select.columns);
        const held = holdColumns(select, to, planned.format);
        const destination = await planDestination(job.run, to, held.select, engine, directory);
        const made: PlanJobResult = {
          plan: { kind: 'tabular', source, select: held.select, destination },
          source: metadata,
          destination: {
            format: to.name,
            columns: held.columns,
            ...(held.conversions.length === 0 ? {} : { conversions: held.conversions }),
            details: to.details(destination.options),
          },
          warnings: [...warnings, ...select.warnings],
        };
        return then === undefined ? made : then(made, { source: store, engine, directory });
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

/** As said in the resource, else by the key's extension, else Parquet. */
function destinationFormat(destination: { objectKey: string; dataFormat?: string }): Format {
  if (destination.dataFormat !== undefined) return formatNamed(destination.dataFormat);
  return formatForKey(destination.objectKey) ?? formatNamed('parquet');
}
