import { describe, expect, test } from '@jest/globals';
import { getHeading, getRow, nameOf } from '../../cli/get-text.ts';
import { kubeconfigFiles } from '../../cli/kubernetes.ts';
import { namedTypes } from '../../cli/named-types.ts';
import { GrowingTable, table } from '../../cli/table.ts';
import { BATCH_TYPES } from '../../cli/transfers.ts';
import { listedTransfer, running } from '../support/listed-transfer.ts';

const NOW = new Date('2026-01-02T12:00:50Z');
const narrow = { namespaces: false, wide: false };

function lines(
  layout: { namespaces: boolean; wide: boolean },
  ...transfers: ReturnType<typeof listedTransfer>[]
) {
  return table([getHeading(layout), ...transfers.map((transfer) => getRow(transfer, layout, NOW))]);
}

describe('ddc get', () => {
  test('has the columns of kubectl get, and how far the run is', () => {
    const succeeded = listedTransfer(
      { ...running, status: 'Succeeded', numRecords: 5 },
      { schedule: '@daily' },
    );
    expect(lines(narrow, listedTransfer(running), succeeded, listedTransfer())).toEqual([
      'NAME      SOURCE                 DESTINATION                   SCHEDULE  STATUS     PROGRESS  ROWS  AGE',
      'payments  s3://raw/payments.csv  s3://shared/payments.parquet            Running    25 %            50s',
      'payments  s3://raw/payments.csv  s3://shared/payments.parquet  @daily    Succeeded  25 %      5     50s',
      'payments                                                                                            50s',
    ]);
  });

  test('wide, of all namespaces: what a run does, and why it does nothing', () => {
    const failed = listedTransfer({
      ...running,
      status: 'Failed',
      error: 'the store is down\n\u001b[2J',
      placement: { region: 'theshire', taskQueue: 'ddc.theshire', message: '' },
    });
    const [heading, row] = lines({ namespaces: true, wide: true }, failed);
    expect(heading).toMatch(/^NAMESPACE {2}NAME .* PHASE {2}CHUNKS {2}REASON {3}REGION {4}ERROR$/);
    expect(row).toMatch(
      /^finance {4}payments .* copy {3}4\/16 {4}Running {2}theshire {2}the store is down\\n\\u\{1b\}\[2J$/,
    );
  });

  test('names as kubectl writes them', () => {
    expect(nameOf(listedTransfer())).toBe('batchtransfer.fybrik.io/payments');
  });

  test.each<[string, string, string[]]>([
    ['payments', 'payments', ['fybrik.io/v1', 'motion.fybrik.io/v1alpha1']],
    ['BatchTransfer/payments', 'payments', ['fybrik.io/v1', 'motion.fybrik.io/v1alpha1']],
    ['bt.fybrik.io/payments', 'payments', ['fybrik.io/v1']],
    ['batchtransfers.motion.fybrik.io/payments', 'payments', ['motion.fybrik.io/v1alpha1']],
  ])('%s names %s of %s', (reference, name, versions) => {
    const named = namedTypes(reference, BATCH_TYPES);
    expect([named.name, named.types.map(({ apiVersion }) => apiVersion)]).toEqual([name, versions]);
  });

  test('a type that there is not', () => {
    expect(() => namedTypes('pod/payments', BATCH_TYPES)).toThrow(
      'no such type of resource: pod; known are batchtransfer.fybrik.io, batchtransfer.motion.fybrik.io',
    );
  });

  test('a table that grows keeps its columns where they are', () => {
    const growing = new GrowingTable();
    expect(
      growing.add([
        ['NAME', 'STATUS'],
        ['a', 'Running'],
      ]),
    ).toEqual(['NAME  STATUS', 'a     Running']);
    expect(growing.add([['b', 'Fatal']])).toEqual(['b     Fatal']);
    expect(growing.add([['longer', 'Fatal']])).toEqual(['longer  Fatal']);
    expect(growing.add([['c', 'Fatal']])).toEqual(['c       Fatal']);
  });
});

describe('the Kubernetes configuration is found as kubectl finds it', () => {
  const files = (flag: string | undefined, variable: string | undefined, ...there: string[]): string[] =>
    kubeconfigFiles(flag, { KUBECONFIG: variable }, '/home/me', (file) => there.includes(file));

  test.each<[string, string[], string[]]>([
    ['the flag', files('/flag', '/a', '/a'), ['/flag']],
    ['the files of KUBECONFIG that exist', files(undefined, '/a:/b::/c', '/a', '/c'), ['/a', '/c']],
    ['the first of KUBECONFIG, for the message, when none exists', files(undefined, '/a:/b'), ['/a']],
    ['the usual place', files(undefined, '', '/home/me/.kube/config'), ['/home/me/.kube/config']],
    ['none, which means the cluster around', files(undefined, undefined), []],
  ])('%s', (_, found, wanted) => expect(found).toEqual(wanted));
});
