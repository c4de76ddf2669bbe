import type { z } from 'zod';
import type { TransferKind } from '../../workflows/contract/identity.ts';
import { API_GROUP, PLURALS } from './group.ts';
import { batchTransferSpec } from './schema/batch-transfer.ts';
import { syncTransferSpec } from './schema/sync-transfer.ts';
import { statusSchema } from './status.ts';
import { structuralSchema } from './structural.ts';
import type { JsonObject } from './structural.ts';

export interface PrinterColumn {
  name: string;
  type: 'string' | 'integer' | 'date';
  jsonPath: string;
  description: string;
}

interface Definition {
  shortName: string;
  description: string;
  spec: z.ZodType;
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

const DEFINITIONS: Record<TransferKind, Definition> = {
  BatchTransfer: {
    shortName: 'bt',
    description:
      'Copies a data asset from a source to a destination, once or by a schedule, with transformations on the way.',
    spec: batchTransferSpec,
    columns: [source, destination, schedule, status, rows, age],
  },
  SyncTransfer: {
    shortName: 'st',
    description: 'Keeps a data asset at a destination in step with its source. Not supported yet.',
    spec: syncTransferSpec,
    columns: [source, destination, status, rows, age],
  },
};

/** What `kubectl get` shows of a resource of a kind, beside its name. */
export function printerColumns(kind: TransferKind): readonly PrinterColumn[] {
  return DEFINITIONS[kind].columns;
}

/** The CustomResourceDefinition of a kind, as an object for the API server. */
export function customResourceDefinition(kind: TransferKind): JsonObject {
  const definition = DEFINITIONS[kind];
  const plural = PLURALS[kind];
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${API_GROUP}` },
    spec: {
      group: API_GROUP,
      scope: 'Namespaced',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames: [definition.shortName],
        categories: ['ddc'],
      },
      versions: [
        {
          name: 'v1',
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
                apiVersion: { type: 'string', description: `Version of this API: ${API_GROUP}/v1.` },
                kind: { type: 'string', description: `${kind}.` },
                metadata: { type: 'object' },
                spec: structuralSchema(definition.spec),
                status: structuralSchema(statusSchema),
              },
            },
          },
        },
      ],
    },
  };
}
