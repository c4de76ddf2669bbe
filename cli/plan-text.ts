import type { Transfer } from '../workflows/contract.ts';
import type { ColumnSchema, TechnicalMetadata } from '../workflows/contract/metadata.ts';
import type { PlanReport } from '../workflows/contract/plan-report.ts';
import { printable, table } from './table.ts';

/** A plan for people, as lines. */
export function planText(report: PlanReport, transfer: Transfer): string[] {
  const { source, destination, reads, writes, requests, estimatedSeconds, permissions } = report;
  const rows = source.rows === undefined ? '' : `, ${counted(source.rows, 'row')}`;
  const { get, put, part, delete: deletes } = requests;
  return [
    ...fields([
      ['TRANSFER', `${transfer.kind} ${transfer.namespace}/${transfer.name} (nothing was written)`],
      ['READS', `${transfer.source.description} at ${transfer.source.endpoint}`],
      ['', `${source.format}, ${counted(reads.objects, 'object')}, ${counted(reads.bytes, 'byte')}${rows}`],
      ['WRITES', `${writes.location} at ${transfer.destination.endpoint}`],
      ['', `${destination.format}, ${writes.operation}; there now: ${writes.present}`],
      ['WORK', `${counted(report.chunks, 'chunk')} in ${counted(report.slices, 'slice')}`],
      ['REQUESTS', `about ${get} GET and HEAD, ${put} PUT, POST and LIST, ${part} parts, ${deletes} DELETE`],
      [
        'TIME',
        estimatedSeconds === undefined ? "the store's own" : `about ${estimatedSeconds} s, an estimate`,
      ],
    ]),
    ...section('SCHEMA', columnRows(source, destination)),
    ...section('CONVERSIONS', report.conversions),
    ...section('WARNINGS', report.warnings),
    ...section('PERMISSIONS', [
      ['SIDE', 'REQUEST', 'LOCATION', 'OUTCOME', 'WHY'],
      ...permissions.map(({ side, request, location, outcome, message = '' }) => [
        side,
        request,
        location,
        outcome,
        message,
      ]),
    ]),
  ];
}

/** Both schemas side by side, by name; `-` where a side does not have the column. */
function columnRows(source: TechnicalMetadata, destination: TechnicalMetadata): string[][] {
  if (source.columns.length === 0 && destination.columns.length === 0) return [];
  const after = new Map(destination.columns.map((column) => [column.name, column]));
  const before = new Set(source.columns.map(({ name }) => name));
  const added = destination.columns.filter(({ name }) => !before.has(name));
  return [
    ['COLUMN', 'SOURCE', 'DESTINATION'],
    ...source.columns.map((column) => [column.name, typeText(column), typeText(after.get(column.name))]),
    ...added.map((column) => [column.name, '-', typeText(column)]),
  ];
}

function typeText(column: ColumnSchema | undefined): string {
  if (column === undefined) return '-';
  return column.nullable ? column.type : `${column.type} not null`;
}

const LABEL = 10;

function fields(pairs: readonly (readonly [label: string, value: string])[]): string[] {
  return pairs.map(([label, value]) => `${label.padEnd(LABEL)}${printable(value)}`);
}

/** A title and lines, or a table; nothing when there are none. */
function section(title: string, lines: readonly string[] | readonly string[][]): string[] {
  if (lines.length === 0) return [];
  const texts = lines.flatMap((line) => (typeof line === 'string' ? [printable(line)] : []));
  const rows = lines.filter((line) => typeof line !== 'string');
  return ['', title, ...(texts.length > 0 ? texts : table(rows)).map((line) => `  ${line}`)];
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}
