import { printerColumns, type PrinterColumn } from '../operator/api/crds.ts';
import { age } from './durations.ts';
import type { ListedTransfer } from './transfers.ts';

export interface GetLayout {
  /** Whether a first column names the Kubernetes namespace. */
  namespaces: boolean;
  /** Whether there are more columns: phase, chunks, why nothing happens, what is wrong. */
  wide: boolean;
}

interface Column {
  title: string;
  cell(transfer: ListedTransfer, now: Date): string;
}

/** The columns of `kubectl get`, how far the run is after the status, and more when it is to be wide. */
function columnsOf({ namespaces, wide }: GetLayout): Column[] {
  const printed = printerColumns().map(asColumn);
  const status = printed.findIndex(({ title }) => title === 'STATUS');
  return [
    ...(namespaces
      ? [{ title: 'NAMESPACE', cell: ({ metadata }: ListedTransfer) => metadata.namespace }]
      : []),
    { title: 'NAME', cell: ({ metadata }) => metadata.name },
    ...printed.toSpliced(status + 1, 0, PROGRESS),
    ...(wide ? WIDE : []),
  ];
}

const PROGRESS: Column = {
  title: 'PROGRESS',
  cell: ({ status }) => (status?.progress === undefined ? '' : `${status.progress.percent} %`),
};

const WIDE: Column[] = [
  { title: 'PHASE', cell: ({ status }) => status?.progress?.phase ?? '' },
  {
    title: 'CHUNKS',
    cell: ({ status }) =>
      status?.progress === undefined ? '' : `${status.progress.chunksDone}/${status.progress.chunksTotal}`,
  },
  {
    title: 'REASON',
    cell: ({ status }) => status?.conditions?.find(({ type }) => type === 'Progressing')?.reason ?? '',
  },
  { title: 'REGION', cell: ({ status }) => status?.placement?.region ?? '' },
  { title: 'ERROR', cell: ({ status }) => status?.error ?? '' },
];

export function getHeading(layout: GetLayout): string[] {
  return columnsOf(layout).map(({ title }) => title);
}

/** The cells of one BatchTransfer, below `getHeading`. */
export function getRow(transfer: ListedTransfer, layout: GetLayout, now: Date): string[] {
  return columnsOf(layout).map((column) => column.cell(transfer, now));
}

/** As `kubectl get -o name` writes it. */
export function nameOf({ kind, apiVersion, metadata }: ListedTransfer): string {
  return `${kind.toLowerCase()}.${apiVersion.split('/')[0]}/${metadata.name}`;
}

function asColumn({ name, type, jsonPath }: PrinterColumn): Column {
  const path = jsonPath.split('.').slice(1);
  return {
    title: name.toUpperCase(),
    cell(transfer, now) {
      const value = path.reduce<unknown>(
        (at, member) =>
          typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[member] : undefined,
        transfer,
      );
      if (typeof value !== 'string' && typeof value !== 'number') return '';
      return type === 'date' ? age(String(value), now) : String(value);
    },
  };
}
