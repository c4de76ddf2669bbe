import { serveJobs } from '../../activities/engine/serve-jobs.ts';
import { TransferError } from '../../activities/failures.ts';
import { appendFileSync } from 'node:fs';

export type TestJob =
  | { type: 'echo'; value: string }
  | { type: 'fail' }
  | { type: 'crash'; log: string }
  | { type: 'crashOnce'; log: string }
  | { type: 'hang'; log: string; commit?: true }
  | { type: 'stay'; log: string }
  | { type: 'commitAndFail' };

/** An engine process that does what a test of the pool needs. */
serveJobs<TestJob>(async (job, context) => {
  switch (job.type) {
    case 'echo':
      return job.value;
    case 'fail':
      throw new TransferError('MalformedData', 'line 3', { hints: { exactCuts: true } });
    case 'crash':
      appendFileSync(job.log, 'x');
      return process.kill(process.pid, 'SIGKILL');
    case 'crashOnce': {
      appendFileSync(job.log, 'x');
      const { readFileSync } = await import('node:fs');
      return readFileSync(job.log).length === 1 ? process.kill(process.pid, 'SIGKILL') : 'second time';
    }
    case 'commitAndFail':
      await context.commit();
      throw new TransferError('StoreUnavailable', 'the answer was lost');
    case 'stay':
      appendFileSync(job.log, `${process.pid}\n`);
      return new Promise(() => setInterval(() => undefined, 1000));
    case 'hang':
      if (job.commit === true) await context.commit();
      appendFileSync(job.log, 'x');
      if (job.commit === true) return 'committed';
      return new Promise(() => setInterval(() => undefined, 1000));
  }
});
