import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { receiptKey } from '../../activities/batch/receipt-key.ts';
import { verifyEpilogue, verifyRun } from '../../activities/batch/verify-run.ts';
import { differenceBetween } from '../../workflows/verification.ts';
import { RECEIPT_INPUT, RECEIPT_PLAN } from '../support/receipt.ts';
import { runs } from '../support/runs.ts';

const records = [
  { chunk: 0, rowsRead: 2, rowsWritten: 1, bytesRead: 10, checksums: [String(2n ** 64n - 1n)] },
  { chunk: 1, rowsRead: 2, rowsWritten: 2, bytesRead: 10, checksums: ['3'] },
];
const unfiltered = { ...RECEIPT_PLAN, select: { ...RECEIPT_PLAN.select, layers: [] } };

describe('the run as a whole', () => {
  test('is the sum of its chunks, beyond 64 bits', () => {
    expect(verifyRun(RECEIPT_PLAN, records)).toEqual({
      counts: { rowsRead: 4, rowsWritten: 3, bytesRead: 20 },
      checksums: {
        algorithm: expect.stringMatching(/^sum of DuckDB \d+\.\d+\.\d+ hash$/),
        columns: [{ column: 'a', sum: String(2n ** 64n + 2n) }],
      },
    });
  });

  test('rows may be fewer only where a transformation filters', () => {
    expect(() => verifyRun(unfiltered, records)).toThrow(
      'chunk 0: 2 rows read but 1 written; nothing was published',
    );
    const more = [{ ...records[0]!, rowsWritten: 3 }];
    expect(() => verifyRun(RECEIPT_PLAN, more)).toThrow('chunk 0: 2 rows read but 3 written');
  });

  test('a record at the place of another, or without a checksum, is refused', () => {
    expect(() => verifyRun(RECEIPT_PLAN, [records[1]!, records[0]!])).toThrow(
      'the record of chunk 0 is that of chunk 1',
    );
    expect(() => verifyRun(RECEIPT_PLAN, [{ ...records[0]!, checksums: [] }])).toThrow(
      'checksums of 0 columns, and there are 1',
    );
  });

  test('the footer must tell of as many rows as were written', () => {
    const format = { rowsInEpilogue: (epilogue: Buffer) => epilogue.length };
    verifyEpilogue(format, Buffer.alloc(3), 3, 'o');
    verifyEpilogue({}, Buffer.alloc(3), 4, 'o');
    expect(() => verifyEpilogue(format, Buffer.alloc(3), 4, 's3://b/o')).toThrow(
      's3://b/o: its footer tells of 3 rows, and 4 were written; nothing was published',
    );
  });
});

describe('what was read back', () => {
  const columns = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 3, maxLength: 3 });
  const slices = fc.array(fc.record({ rows: fc.nat(), sums: columns }), { minLength: 1, maxLength: 5 });
  const written = (found: { rows: number; sums: bigint[] }[]) => ({
    statistics: {
      ...RECEIPT_INPUT.published.statistics,
      rowsWritten: found.reduce((sum, { rows }) => sum + rows, 0),
    },
    checksums: {
      algorithm: 'sum',
      columns: ['a', 'b', 'c'].map((column, index) => ({
        column,
        sum: String(found.reduce((sum, { sums }) => sum + sums[index]!, 0n)),
      })),
    },
  });
  const asText = (found: { rows: number; sums: bigint[] }[]) =>
    found.map(({ rows, sums }) => ({ rows, sums: sums.map(String) }));

  test('is what was written, however it is cut; any difference is told', () => {
    fc.assert(
      fc.property(slices, fc.nat(2), (found, column) => {
        const published = written(found);
        expect(differenceBetween(published, asText(found))).toBeUndefined();
        const [first, ...rest] = asText(found);
        const more = { ...first!, rows: first!.rows + 1 };
        expect(differenceBetween(published, [more, ...rest])).toContain('rows were read back');
        const sums = first!.sums.map((sum, index) => (index === column ? String(BigInt(sum) + 1n) : sum));
        expect(differenceBetween(published, [{ ...first!, sums }, ...rest])).toBe(
          `what was read back differs in ${'abc'[column]}`,
        );
      }),
      { numRuns: runs(100) },
    );
  });
});

describe('where a receipt goes', () => {
  const { transfer } = RECEIPT_INPUT.run;

  test('where the resource says, else where the worker says, else nowhere', () => {
    expect(receiptKey({ ...transfer, receiptPrefix: 'mine/' }, 'r', 'all')).toBe('mine/ns/copy/r.json');
    expect(receiptKey(transfer, 'r', 'all')).toBe('all/ns/copy/r.json');
    expect(receiptKey(transfer, 'r', undefined)).toBeUndefined();
    expect(receiptKey(transfer, 'r', '')).toBeUndefined();
  });

  test('never among the data', () => {
    const destination = { ...transfer.destination, objectKey: 'data/' };
    expect(() =>
      receiptKey({ ...transfer, destination, receiptPrefix: 'data/receipts' }, 'r', undefined),
    ).toThrow('spec.receipt.prefix: "data/receipts" lies in the data "data/"; choose a prefix outside');
    const source = { ...transfer.source, objectKey: 'in' };
    expect(() => receiptKey({ ...transfer, source }, 'r', 'in/')).toThrow('DDC_RECEIPT_PREFIX of the worker');
    const elsewhere = { ...source, bucket: 'other' };
    expect(receiptKey({ ...transfer, source: elsewhere }, 'r', 'in/')).toBe('in/ns/copy/r.json');
  });
});
