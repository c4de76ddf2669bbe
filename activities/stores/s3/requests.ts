import { setTimeout as delay } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import pRetry from 'p-retry';
import type { TransferError } from '../../failures.ts';
import { createClient, type S3Connection } from './client.ts';
import { isTransient, storeError } from './errors.ts';
import { meterOf, type Meter } from './limits.ts';

/** Some 5 s of waiting in all; longer trouble is for the workflow, which shows it. */
const RETRIES = 4;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4_000;

/** Requests to one bucket: errors are ours, and what may pass within seconds is tried again here and only here. */
export interface Requests {
  readonly client: S3Client;
  readonly endpoint: string;
  readonly bucket: string;
  readonly meter: Meter;
  readonly location: (key: string) => string;
  /**
   * @param doing for messages, e.g. `writing s3://bucket/key`
   * @param recover asked when the store refuses a request that was made before and may have been carried out, though
   *   its answer was lost; what it finds is the answer
   */
  readonly run: <T>(
    doing: string,
    request: () => Promise<T>,
    recover?: (error: TransferError) => Promise<T | undefined>,
  ) => Promise<T>;
}

export function requestsTo(connection: S3Connection): Requests {
  const { bucket, endpoint } = connection;
  const meter = meterOf(endpoint, connection.limits);
  return {
    client: createClient(connection),
    endpoint,
    bucket,
    meter,
    location: (key) => `s3://${bucket}/${key}`,
    async run(doing, request, recover) {
      return pRetry(
        async (number) => {
          try {
            await meter.request();
            return await request();
          } catch (error) {
            const known = storeError(error, doing, endpoint);
            if (number === 1 || isTransient(known)) throw known;
            const answer = await recover?.(known);
            if (answer === undefined) throw known;
            return answer;
          }
        },
        {
          retries: RETRIES,
          minTimeout: FIRST_DELAY_MS,
          maxTimeout: LONGEST_DELAY_MS,
          randomize: true,
          shouldRetry: ({ error }) => isTransient(error) && wanted(error) <= LONGEST_DELAY_MS,
          onFailedAttempt: async ({ error }) => {
            if (wanted(error) <= LONGEST_DELAY_MS) await delay(wanted(error));
          },
        },
      );
    },
  };
}

/** Milliseconds that the store asks to wait. */
function wanted(error: Error): number {
  return (error as TransferError).retryAfterMs ?? 0;
}
