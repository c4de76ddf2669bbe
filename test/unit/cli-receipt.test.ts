import { describe, expect, test } from '@jest/globals';
import { receiptOf } from '../../activities/batch/receipt.ts';
import { summaryOf } from '../../cli/receipt-summary.ts';
import { RECEIPT_INPUT, RECEIPT_PLAN } from '../support/receipt.ts';

const receipt = receiptOf(RECEIPT_INPUT, RECEIPT_PLAN, [{ key: 'out', etag: '"e"', bytes: 9 }]);

describe('what `ddc receipt verify` tells', () => {
  test('names and values, a line each', () => {
    const lines = Object.fromEntries(summaryOf(JSON.parse(JSON.stringify(receipt))));
    expect(lines).toMatchObject({
      transfer: 'BatchTransfer ns/copy, generation 1',
      source: 's3://b/in.csv at http://s3, csv, 1 columns',
      transformations: 'DigestColumns(a)',
      rows: '4 read, 1 filtered, 3 written',
      checksums: '1 columns, sum',
      verified: 'chunks',
    });
  });

  test('names that look like lines of ours stay in their line', () => {
    const objects = [{ key: 'out\nsigned by all\u007f', etag: 'e', bytes: 1 }];
    const lines = Object.fromEntries(
      summaryOf({ ...receipt, destination: { ...receipt.destination, objects } }),
    );
    expect(lines['destination']).toContain(String.raw`s3://b/out\u000asigned by all\u007f at`);
  });

  test('a receipt of another form is refused, with what is missing', () => {
    expect(() => summaryOf({ ...receipt, receipt: 2 })).toThrow('not a receipt: receipt:');
    expect(() => summaryOf({ ...receipt, counts: {} })).toThrow('not a receipt: counts.rowsRead:');
  });
});
