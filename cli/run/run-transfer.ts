import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { readWorkerConfig } from '../../worker/config.ts';
import { startWorker } from '../../worker/start-worker.ts';
import { temporalData, withTemporal } from '../temporal.ts';
import type { TransferFile } from '../transfer-file.ts';
import type { Display } from './display.ts';
import { follow, type RunOutcome } from './follow.ts';
import { startRun } from './start.ts';

/** A Temporal server, and a namespace there. */
export interface TemporalPlace {
  /** host:port */
  address: string;
  namespace: string;
}

/**
 * Runs a transfer by a worker in this process, which alone has the credentials; resolves when it has ended and the
 * worker, too.
 * @param interrupted cancels it
 */
export function runTransfer(
  { transfer, secrets, egress }: Pick<TransferFile, 'transfer' | 'secrets' | 'egress'>,
  { address, namespace }: TemporalPlace,
  display: Display,
  interrupted: AbortSignal,
): Promise<RunOutcome> {
  const taskQueue = `ddc-run-${randomUUID()}`;
  const logLevel = process.env['DDC_LOG_LEVEL'] ?? 'silent';
  const log = pino({ level: logLevel, base: { component: 'run', pid: process.pid } }, pino.destination(2));
  const config = {
    ...readWorkerConfig(['node', 'worker']),
    ...{ temporalAddress: address, temporalNamespace: namespace, taskQueue, logLevel },
  };
  return withTemporal(address, async (connection) => {
    const data = await temporalData();
    const worker = await startWorker(config, {
      secrets: () => secrets,
      egress,
      data,
      log,
      shutdownSignals: [],
    });
    let cancel = (): void => undefined;
    try {
      if (interrupted.aborted) return { status: 'Cancelled', error: 'cancelled before anything was done' };
      const run = await startRun(connection, namespace, transfer, taskQueue, data, log);
      cancel = () => {
        display.note('cancelling; another Ctrl-C leaves at once');
        run.cancel().catch((error: Error) => display.note(`cannot be cancelled: ${error.message}`));
      };
      interrupted.addEventListener('abort', cancel, { once: true });
      if (interrupted.aborted) cancel();
      const failed = worker.ended.then(() => {
        throw new Error('the worker has ended');
      });
      return await Promise.race([follow(run, data, (progress) => display.progress(progress)), failed]);
    } finally {
      interrupted.removeEventListener('abort', cancel);
      worker.shutdown();
      await worker.ended;
    }
  });
}
