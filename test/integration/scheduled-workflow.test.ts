import { expect, test } from '@jest/globals';
import type { BatchActivities, PublishedRun } from '../../workflows/contract.ts';
import { nextSecond } from '../support/next-second.ts';
import { poll } from '../support/poll.ts';
import { PUBLISHED, failure, fakeActivities, input, withWorker } from '../support/workflow-worker.ts';

test('a run of a schedule is told by Temporal what the last successful one left, whatever its input says', async () => {
  const replaced: string[][] = [];
  let run = 0;
  const activities: Partial<BatchActivities> = {
    copyWhole: async (): Promise<PublishedRun> => {
      run += 1;
      if (run === 2) throw failure('AccessDenied', { class: 'fatal' });
      return { ...PUBLISHED, objects: [{ ...PUBLISHED.objects[0]!, key: `out-${run}` }] };
    },
    cleanUp: async (given) => void replaced.push(given.replaced.map(({ key }) => key)),
  };
  await withWorker(fakeActivities(activities, []), async (_, { client, taskQueue }) => {
    const previous = [{ ...PUBLISHED.objects[0]!, key: 'before' }];
    const schedule = await client.schedule.create({
      scheduleId: taskQueue,
      spec: {},
      action: {
        ...{ type: 'startWorkflow', workflowType: 'batchTransfer', workflowId: taskQueue, taskQueue },
        args: [input({ previous })],
      },
    });
    for (const taken of [1, 2, 3]) {
      await nextSecond();
      await schedule.trigger('SKIP');
      const { info } = await poll(
        () => schedule.describe(),
        (described) => described.info.numActionsTaken === taken,
        `run ${taken} to start`,
      );
      const { workflowId } = info.recentActions.at(-1)!.action.workflow;
      const ended = client.workflow.getHandle(workflowId).result();
      if (taken === 2) await expect(ended).rejects.toThrow();
      else await ended;
    }
    await schedule.delete();
  });
  expect(run).toBe(3);
  expect(replaced).toEqual([['before'], ['out-1']]);
});
