import { expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import { TransferError } from '../../activities/failures.ts';
import { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { KubeConfig } from '@kubernetes/client-node';
test('duckdb in jest', async () => {
  const i = await DuckDBInstance.create(':memory:', { threads: '1' });
  const c = await i.connect();
  const r = await c.runAndReadAll("select 42::bigint a, md5('x') b");
  expect(r.getRowObjects()).toEqual([{ a: 42n, b: '9dd4e461268c8034f5c8564e155c67a6' }]);
  expect(new TransferError('Internal', 'x').class).toBe('retry');
  expect(S3Client && z && KubeConfig).toBeTruthy();
});
