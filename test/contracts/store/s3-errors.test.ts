import type { RequestListener } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import type { S3Connection } from '../../../activities/stores/s3/client.ts';
import { connectS3 } from '../../../activities/stores/s3/s3-store.ts';
import { withServer } from '../../support/http-server.ts';
import { stores } from '../../support/stores.ts';
import { read } from './object-store.ts';

describe.each(stores)('errors of $name', ({ endpoint, accessKey, secretKey, createBucket }) => {
  const credentials = { accessKey, secretKey };
  const failure = async (connection: Partial<S3Connection>): Promise<unknown> => {
    const bucket = connection.bucket ?? (await createBucket('errors'));
    return failureOf({ endpoint, credentials, ...connection, bucket });
  };

  test('a missing bucket is fatal', async () => {
    expect(await failure({ bucket: 'no-such-bucket' })).toMatchObject({
      code: 'BucketNotFound',
      class: 'fatal',
    });
    const store = connectS3({ endpoint, credentials, bucket: 'no-such-bucket' });
    await expect(store.head('k')).rejects.toMatchObject({ code: 'BucketNotFound' });
    store.close();
  });

  test('wrong credentials are fatal, and no key is in the text', async () => {
    const wrong = { accessKey: 'AKIACANARY', secretKey: 'canary-secret' };
    const error = (await failure({ credentials: wrong })) as Error;
    expect(error).toMatchObject({ code: 'AccessDenied', class: 'fatal' });
    expect(error.message).not.toMatch(/canary/i);
    expect(await failure({ credentials: { accessKey, secretKey: 'wrong' } })).toMatchObject({
      code: 'AccessDenied',
    });
  });
});

test('an endpoint that does not answer may recover', async () => {
  const error = (await failureOf({ endpoint: 'http://127.0.0.1:1', bucket: 'abc' })) as Error;
  expect(error).toMatchObject({ code: 'StoreUnavailable', class: 'retry' });
  expect(error.message).toContain('http://127.0.0.1:1: connection refused');
});

test('virtual-host addressing needs a host name', () => {
  expect(() =>
    connectS3({ endpoint: 'http://127.0.0.1:9000', bucket: 'abc', addressing: 'virtual' }),
  ).toThrow('addressing is "virtual", but the endpoint http://127.0.0.1:9000 has an IP address');
});

test.each([
  ['path', 'localhost', '/abc/k'],
  ['virtual', 'abc.localhost', '/k'],
] as const)('addressing %s puts the bucket where it says', async (addressing, host, path) => {
  const seen: unknown[] = [];
  await withServer(
    (request, response) => {
      seen.push(request.headers.host?.replace(/:\d+$/, ''), request.url?.replace(/\?.*/, ''));
      response.end();
    },
    async (endpoint) => {
      const store = connectS3({
        endpoint: endpoint.replace('127.0.0.1', 'localhost'),
        bucket: 'abc',
        addressing,
      });
      await store.get('k');
      store.close();
    },
  );
  expect(seen).toEqual([host, path]);
});

describe('a region that is not right', () => {
  test.each(stores.filter(({ name }) => name === 'versitygw'))(
    '$name names the right one, also where an answer has no body',
    async ({ endpoint, accessKey, secretKey, createBucket }) => {
      const store = connectS3({
        endpoint,
        bucket: await createBucket('region'),
        region: 'eu-nowhere-1',
        credentials: { accessKey, secretKey },
      });
      const right = { code: 'InvalidEndpoint', message: expect.stringContaining('region "us-east-1"') };
      await expect(store.put('k', Buffer.from('x'))).rejects.toMatchObject(right);
      await expect(store.head('k')).rejects.toMatchObject(right);
      store.close();
    },
  );

  test('a redirection names region and host', async () => {
    const error = await failureAt((_request, response) => {
      response.writeHead(301, { 'x-amz-bucket-region': 'eu-central-1', 'content-type': 'application/xml' });
      response.end(
        '<Error><Code>PermanentRedirect</Code><Endpoint>abc.s3.eu-central-1.amazonaws.com</Endpoint></Error>',
      );
    });
    expect(error).toMatchObject({ code: 'InvalidEndpoint', class: 'fatal' });
    expect((error as Error).message).toContain(
      'the bucket is not at this endpoint: its region is "eu-central-1", it is at abc.s3.eu-central-1.amazonaws.com',
    );
  });

  test.each([
    [307, 'http://elsewhere:9000/abc/k', 'it is at elsewhere:9000'],
    [302, '"><script>', 'the bucket is not at this endpoint, or the region is not right'],
  ])('%d to %s', async (status, location, text) => {
    const error = await failureAt((_request, response) => {
      response.writeHead(status, { location }).end();
    });
    expect(error).toMatchObject({ code: 'InvalidEndpoint', class: 'fatal' });
    expect((error as Error).message).toContain(text);
  });
});

describe('what is not an S3 service', () => {
  test('a condition that a store does not know is looked at instead', async () => {
    const seen: string[] = [];
    const outcome = await withServer(
      (request, response) => {
        seen.push(`${request.method} ${request.headers['if-none-match'] ?? ''}`.trim());
        if (request.method === 'HEAD') return response.writeHead(404).end();
        if (request.method === 'GET')
          return response.end('<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>');
        if (request.headers['if-none-match'] !== undefined)
          return response.writeHead(501).end('<Error><Code>NotImplemented</Code></Error>');
        return response.writeHead(200, { etag: '"e"' }).end();
      },
      async (endpoint) => {
        const store = connectS3({ endpoint, bucket: 'abc' });
        const written = await store.put('k', Buffer.from('x'), { creates: true });
        store.close();
        return written;
      },
    );
    expect(outcome).toEqual({ etag: '"e"' });
    expect(seen).toEqual(['HEAD', 'GET', 'PUT *', 'PUT']);
  });

  test.each([
    ['sends the whole object', 200, {}],
    ['sends another range', 206, { 'content-range': 'bytes 0-3/10' }],
    ['has an object of another size', 206, { 'content-range': 'bytes 4-7/11' }],
  ])('a proxy that %s is found out at once', async (_what, status, headers) => {
    let requests = 0;
    const outcome = await withServer(
      (_request, response) => {
        requests += 1;
        response.writeHead(status, headers).end('abcd');
      },
      async (endpoint) => {
        const store = connectS3({ endpoint, bucket: 'abc' });
        const pieces = await store.open({ key: 'k', etag: '"e"', size: 10 }).read(4, 8);
        const error = await read(pieces).catch((failure: unknown) => failure);
        store.close();
        return error;
      },
    );
    expect(outcome).toMatchObject({ code: 'InvalidEndpoint', class: 'fatal' });
    expect((outcome as Error).message).toContain('asked for bytes 4-7/10, got ');
    expect(requests).toBe(1);
  });
});

async function failureOf(connection: S3Connection): Promise<unknown> {
  const store = connectS3(connection);
  const outcome = await store.put('k', Buffer.from('x')).catch((error: unknown) => error);
  store.close();
  return outcome;
}

const failureAt = (listener: RequestListener): Promise<unknown> =>
  withServer(listener, (endpoint) => failureOf({ endpoint, bucket: 'abc' }));
