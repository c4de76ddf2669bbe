import type { Transfer } from '../workflows/contract.ts';
import type { PlanReport } from '../workflows/contract/plan-report.ts';
import { columnRows } from './column-rows.ts';
import { counted, fields, section } from './text.ts';

const LABEL_WIDTH = 10;

/** A plan for people, as lines. */
export function planText(report: PlanReport, transfer: Transfer): string[] {
  const { source, destination, reads, writes, requests, estimatedSeconds, permissions } = report;
  const rows = source.rows === undefined ? '' : `, ${counted(source.rows, 'row')}`;
  const { get, put, part, delete: deletes } = requests;
  return [
    ...fields(
      [
        ['TRANSFER', `${transfer.kind} ${transfer.namespace}/${transfer.name} (nothing was written)`],
        ['READS', `${transfer.source.description} at ${transfer.source.endpoint}`],
        ['', `${source.format}, ${counted(reads.objects, 'object')}, ${counted(reads.bytes, 'byte')}${rows}`],
        ['WRITES', `${writes.location} at ${transfer.destination.endpoint}`],
        ['', `${destination.format}, ${writes.operation}; there now: ${writes.present}`],
        ['WORK', `${counted(report.chunks, 'chunk')} in ${counted(report.slices, 'slice')}`],
        [
          'REQUESTS',
          `about ${get} GET and HEAD, ${put} PUT, POST and LIST, ${part} parts, ${deletes} DELETE`,
        ],
        [
          'TIME',
          estimatedSeconds === undefined ? "the store's own" : `about ${estimatedSeconds} s, an estimate`,
        ],
      ],
      LABEL_WIDTH,
    ),
    ...section('SCHEMA', columnRows(source.columns, destination.columns)),
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
