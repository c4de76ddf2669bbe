import { expect, test } from '@jest/globals';
import { describeText } from '../../cli/describe-text.ts';
import { listedTransfer, running } from '../support/listed-transfer.ts';

const NOW = new Date('2026-01-02T12:00:50Z');

test('a run that goes on: progress, pace, schemas, conditions, events', () => {
  const events = [
    { type: 'Warning', reason: 'Failed', message: 'store down', count: 2, at: '2026-01-02T12:00:30Z' },
    { type: 'Normal', reason: 'Started', message: 'Started it', count: 1, at: '2026-01-02T12:00:10Z' },
  ];
  expect(
    describeText(listedTransfer({ ...running, warnings: ['spec.image has no effect'] }), events, NOW),
  ).toEqual([
    'NAME         payments',
    'NAMESPACE    finance',
    'AGE          50s',
    'STATUS       Running',
    'PROGRESS     [#####---------------] 25 %  copy, 4 of 16 chunks',
    'PACE         15.3 MB/s, about 2m left',
    'SOURCE       s3://raw/payments.csv (csv)',
    'DESTINATION  s3://shared/payments.parquet (parquet)',
    'READ         4,000,000 rows, 612.0 MB',
    'WRITTEN      3,999,999 rows, 81.5 MB',
    'STARTED      2026-01-02T12:00:10Z (40s ago)',
    'WORKFLOW     BatchTransfer/finance/payments/u-1/1',
    '',
    'SCHEMA',
    '  COLUMN  SOURCE          DESTINATION',
    '  id      int64 not null  int64 not null',
    '  name    utf8            -',
    '',
    'CONVERSIONS',
    '  at: int96 -> timestamp[us]',
    '',
    'WARNINGS',
    '  spec.image has no effect',
    '',
    'CONDITIONS',
    '  TYPE         STATUS  REASON   SINCE  MESSAGE',
    '  Progressing  True    Running  40s    The run is in phase copy.',
    '',
    'EVENTS',
    '  AGE  TYPE     REASON   COUNT  MESSAGE',
    '  40s  Normal   Started  1      Started it',
    '  20s  Warning  Failed   2      store down',
  ]);
});

test('a run that waits says for what, and no pace', () => {
  const retry = { attempt: 2, maxAttempts: 3, nextRetryTime: '2026-01-02T12:01:05Z' };
  const lines = describeText(listedTransfer({ ...running, status: 'Failed', error: 'down', retry }), [], NOW);
  expect(lines).toEqual(
    expect.arrayContaining([
      'STATUS       Failed',
      'ERROR        down',
      'RETRY        2 of 3, due in 15s (2026-01-02T12:01:05Z)',
    ]),
  );
  expect(lines.join('\n')).not.toMatch(/^PACE|^EVENTS/m);
  const late = describeText(
    listedTransfer({ ...running, status: 'Failed', retry }),
    [],
    new Date('2026-01-02T13:00:00Z'),
  );
  expect(late).toContain('RETRY        2 of 3, due now (2026-01-02T12:01:05Z)');
});

test('a run that has ended: objects and receipt', () => {
  const { active: _, ...ended } = running;
  const lines = describeText(
    listedTransfer({
      ...ended,
      status: 'Succeeded',
      lastCompleted: 'BatchTransfer/finance/payments/u-1/1',
      statistics: { ...running.statistics, durationSeconds: 12.5 },
      objects: [{ endpoint: 'http://s3', bucket: 'shared', key: 'payments.parquet', etag: 'e', bytes: 99 }],
      receipt: {
        runId: 'r-1',
        verified: 'full',
        rowsRead: 4,
        rowsFiltered: 1,
        rowsWritten: 3,
        key: 'r/1.json',
      },
    }),
    [],
    NOW,
  );
  expect(lines).toEqual(
    expect.arrayContaining([
      'TOOK         12.5 s',
      'WORKFLOW     BatchTransfer/finance/payments/u-1/1',
      '  s3://shared/payments.parquet  99     http://s3',
      '  run r-1, verified: full',
      '  rows: 4 read, 1 filtered, 3 written',
      '  r/1.json, not signed',
    ]),
  );
});

test('a run that is parked, one that is paused, and those that have ended', () => {
  const parked = { since: '2026-01-02T12:00:30Z', until: '2026-01-03T12:00:30Z', touch: 't' };
  const lines = describeText(
    listedTransfer({
      ...running,
      status: 'Fatal',
      error: 'no bucket',
      hint: 'Create the bucket.',
      parked,
      history: [
        {
          workflowId: 'BatchTransfer/finance/payments/u-1/1-now-a',
          start: '2026-01-02T11:58:00Z',
          end: '2026-01-02T12:00:00Z',
          result: 'Succeeded',
          rows: 12,
          bytes: 2_000_000,
        },
        { workflowId: 'b', end: '2026-01-02T11:00:50Z', result: 'Failed', error: 'denied' },
      ],
    }),
    [],
    NOW,
  );
  expect(lines).toEqual(
    expect.arrayContaining([
      'STATUS       Fatal',
      'ERROR        no bucket',
      'HINT         Create the bucket.',
      'PARKED       since 2026-01-02T12:00:30Z; what is done is kept for 23h (2026-01-03T12:00:30Z)',
      'HISTORY',
      '  ENDED    RESULT     TOOK  ROWS  BYTES   WORKFLOW  ERROR',
      '  50s ago  Succeeded  2m    12    2.0 MB  1-now-a',
      '  60m ago  Failed                         b         denied',
    ]),
  );
  const [{ lastTransitionTime } = { lastTransitionTime: '' }] = running.conditions!;
  const condition = { type: 'Progressing', status: 'False' as const, reason: 'Paused', message: 'why' };
  const paused = listedTransfer({ ...running, conditions: [{ ...condition, lastTransitionTime }] });
  expect(describeText(paused, [], NOW)).toContain('PAUSED       why');
});

test('a resource that nobody has looked at', () => {
  expect(describeText(listedTransfer(), [], NOW)).toEqual([
    'NAME         payments',
    'NAMESPACE    finance',
    'AGE          50s',
    'STATUS       not looked at by the operator yet',
  ]);
});

test('where the work is done, when there are regions', () => {
  const placement = { region: 'theshire', taskQueue: 'ddc.theshire', message: 'The source is there.' };
  const lines = describeText(listedTransfer({ ...running, placement }), [], NOW);
  expect(lines).toContain('REGION       theshire');
});

test('a BatchTransfer of motion.fybrik.io: its own words, and all that goes with the state', () => {
  const transfer = {
    ...listedTransfer(),
    apiVersion: 'motion.fybrik.io/v1alpha1',
    status: { ...running, status: 'RUNNING', state: 'Running' } as const,
  };
  const lines = describeText(transfer, [], NOW);
  expect(lines).toContain('STATUS       RUNNING');
  expect(lines).toContain('PACE         15.3 MB/s, about 2m left');
});
