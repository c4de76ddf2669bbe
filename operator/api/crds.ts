import type { z } from 'zod';
import { API_VERSION, MOTION_VERSION, PLURALS, qualifiedName } from './group.ts';
import type { ResourceType } from './group.ts';
import { motionStatusSchema } from './motion-status.ts';
import { batchTransferSpec } from './schema/batch-transfer.ts';
import { motionBatchTransferSpec } from './schema/motion-batch-transfer.ts';
import { streamTransferSpec, syncTransferSpec } from './schema/sync-transfer.ts';
import { statusSchema } from './status.ts';
import { structuralSchema } from './structural.ts';
import type { JsonObject } from './structural.ts';

export interface PrinterColumn {
  name: string;
  type: 'string' | 'integer' | 'date';
  jsonPath: string;
  description: string;
}

interface Definition extends ResourceType {
  shortNames: string[];
  description: string;
  spec: z.ZodType;
  status: z.ZodType;
  columns: PrinterColumn[];
}

const column = (
  name: string,
  type: PrinterColumn['type'],
  jsonPath: string,
  description: string,
): PrinterColumn => ({
  name,
  type,
  jsonPath,
  description,
});

const source = column('Source', 'string', '.status.sourceDescription', 'What is read.');
const destination = column('Destination', 'string', '.status.destinationDescription', 'What is written.');
const schedule = column('Schedule', 'string', '.spec.schedule', 'When it runs; empty: once.');
const status = column('Status', 'string', '.status.status', 'State of the transfer.');
const rows = column('Rows', 'integer', '.status.numRecords', 'Rows written by the last successful run.');
const age = column('Age', 'date', '.metadata.creationTimestamp', 'Time since the resource was created.');

const BATCH =
  'Copies a data asset from a source to a destination, once or by a schedule, with transformations on the way.';
const SYNC = 'Keeps a data asset at a destination in step with its source. Not supported yet.';

const COLUMNS = [source, destination, schedule, status, rows, age];
const SYNC_COLUMNS = [source, destination, status, rows, age];

const DEFINITIONS: readonly Definition[] = [
  {
    ...{ apiVersion: API_VERSION, kind: 'BatchTransfer' },
    shortNames: ['bt'],
    description: BATCH,
    spec: batchTransferSpec,
    status: statusSchema,
    columns: COLUMNS,
  },
  {
    ...{ apiVersion: API_VERSION, kind: 'SyncTransfer' },
    shortNames: ['st'],
    description: SYNC,
    spec: syncTransferSpec,
    status: statusSchema,
    columns: SYNC_COLUMNS,
  },
  // No short names: where both groups are installed they would be ambiguous.
  {
    ...{ apiVersion: MOTION_VERSION, kind: 'BatchTransfer' },
    shortNames: [],
    description: BATCH,
    spec: motionBatchTransferSpec,
    status: motionStatusSchema,
    columns: COLUMNS,
  },
  {
    ...{ apiVersion: MOTION_VERSION, kind: 'StreamTransfer' },
    shortNames: [],
    description: SYNC,
    spec: streamTransferSpec,
    status: motionStatusSchema,
    columns: SYNC_COLUMNS,
  },
];

/** What `kubectl get` shows of a BatchTransfer, of either group, beside its name. */
export function printerColumns(): readonly PrinterColumn[] {
  return COLUMNS;
}

/** The CustomResourceDefinition of a type of resource, as an object for the API server. */
export function customResourceDefinition(type: ResourceType): JsonObject {
  const { kind, apiVersion } = type;
  const name = qualifiedName(type);
  const definition = DEFINITIONS.find((each) => qualifiedName(each) === name);
  if (definition === undefined) throw new Error(`no schema for ${name}`);
  const [group, version] = apiVersion.split('/');
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind,
        listKind: `${kind}List`,
        plural: PLURALS[kind],
        singular: kind.toLowerCase(),
        ...(definition.shortNames.length > 0 && { shortNames: definition.shortNames }),
        categories: ['ddc'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: definition.columns,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description: definition.description,
              required: ['spec'],
              properties: {
                apiVersion: { type: 'string', description: `Version of this API: ${apiVersion}.` },
                kind: { type: 'string', description: `${kind}.` },
                metadata: { type: 'object' },
                spec: structuralSchema(definition.spec),
                status: structuralSchema(definition.status),
              },
            },
          },
        },
      ],
    },
  };
}
