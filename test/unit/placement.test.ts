import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../operator/config.ts';
import type { ScheduleReport } from '../../operator/reconcile/actions.ts';
import { placementOf } from '../../operator/reconcile/placement.ts';
import { specTo } from '../support/operator-cluster.ts';
import { runningReport } from '../support/operator-temporal.ts';
import {
  OLDER,
  RUN,
  condition,
  decide,
  deleting,
  dry,
  finalized,
  secondsAgo,
  statusOf,
  types,
} from '../support/situations.ts';

const regions = ['theshire', 'homeoffice'];
const REDACT = [{ action: 'RedactColumns', columns: ['a'], options: {} }];

const placed = (from: string | undefined, to: string | undefined, transformations: object[] = REDACT) => {
  const transfer = { source: { region: from }, destination: { region: to }, transformations };
  return placementOf(transfer as unknown as Parameters<typeof placementOf>[0], { taskQueue: 'q', regions });
};

describe('the workers of a transfer', () => {
  test('are those of the one task queue where the operator knows of no regions', () => {
    const transfer = { source: { region: 'theshire' }, destination: {}, transformations: [] };
    expect(placementOf(transfer as never, { taskQueue: 'q' })).toEqual({ taskQueue: 'q' });
  });

  test.each([
    // source, destination, hides something -> task queue, warned
    ['theshire', 'homeoffice', true, 'q.theshire', false],
    ['theshire', 'homeoffice', false, 'q.theshire', false],
    ['theshire', undefined, true, 'q.theshire', false],
    ['homeoffice', 'theshire', false, 'q.homeoffice', false],
    // original values never go to the destination's region because the source's has nobody
    ['gondor', 'homeoffice', true, 'q', true],
    ['gondor', 'homeoffice', false, 'q.homeoffice', false],
    ['gondor', 'mordor', false, 'q', false],
    [undefined, 'homeoffice', true, 'q', false],
    [undefined, 'homeoffice', false, 'q.homeoffice', false],
    [undefined, undefined, true, 'q', false],
  ])('from %s to %s (hides: %s): %s', (from, to, hides, taskQueue, warned) => {
    const { shown, warning, ...placement } = placed(from, to, hides ? REDACT : []);
    expect(placement).toEqual({ taskQueue });
    const region = taskQueue.split('.')[1];
    expect(shown).toEqual({ ...(region && { region }), taskQueue, message: expect.any(String) });
    expect(warning !== undefined).toBe(warned);
    if (warned) expect(warning).toContain('DDC_REGION=gondor');
  });

  test('the status says why', () => {
    const message = (from?: string, to?: string) => placed(from, to, []).shown?.message;
    expect(message('theshire')).toBe('The source is in region theshire.');
    expect(message('gondor', 'homeoffice')).toBe(
      "The source's region gondor has no workers; the destination is in region homeoffice.",
    );
    expect(message()).toBe('The source names no region; workers without a region do the work.');
  });
});

describe('the settings of the operator', () => {
  const read = (...args: string[]) => readConfig(['node', 'operator', ...args], false);

  test('regions are a list; none is one task queue for all', () => {
    expect(read('--regions', 'theshire, home_office').regions).toEqual(['theshire', 'home_office']);
    expect(read('--regions', '').regions).toBeUndefined();
    expect(read().regions).toBeUndefined();
  });

  test.each(['theshire,', 'the shire', 'a.b', '-a', 'x'.repeat(64)])('no region: "%s"', (text) => {
    expect(() => read('--regions', text)).toThrow('Expected up to 63 letters, digits, - and _');
  });
});

const spec = (region: string, more: object = {}): object => {
  const { source, ...others } = specTo('out') as { source: { s3: object } };
  return { ...others, source: { s3: { ...source.s3, region } }, ...more };
};
const THESHIRE = { region: 'theshire', taskQueue: 'ddc.theshire' };

describe('a resource', () => {
  test('is told where its run is, before it is started', () => {
    const { placement } = statusOf(decide({ spec: spec('theshire'), regions }));
    expect(placement).toEqual({ ...THESHIRE, message: 'The source is in region theshire.' });
    const elsewhere = statusOf(decide({ spec: spec('gondor'), regions, status: { placement: placement! } }));
    expect(elsewhere.placement).toMatchObject({ taskQueue: 'ddc' });
    expect(elsewhere.placement).not.toHaveProperty('region');
    const nowhere = statusOf(decide({ spec: spec('theshire'), status: { placement: placement! } }));
    expect(nowhere).not.toHaveProperty('placement');
  });

  test('is told where its plan is', () => {
    const status = statusOf(decide({ spec: spec('theshire'), regions, metadata: dry }));
    expect(status.placement).toMatchObject(THESHIRE);
  });

  test('is warned where what it hides leaves the region of the source', () => {
    const hides = spec('gondor', { transformation: REDACT });
    expect(statusOf(decide({ spec: hides, regions })).warnings).toEqual([
      expect.stringContaining("the source's region gondor has no workers"),
    ]);
  });

  test('says which workers a run waits for: those of the task queue that it is on', () => {
    const waiting = runningReport({ unstartedSince: secondsAgo(20) });
    const message = (run: typeof waiting): string | undefined =>
      condition(
        statusOf(decide({ spec: spec('theshire'), regions, status: { active: RUN }, run })),
        'Progressing',
      )?.message;
    expect(message(waiting)).toBe('Waiting for a worker on task queue ddc.theshire.');
    expect(message({ ...waiting, taskQueue: 'old' })).toBe('Waiting for a worker on task queue old.');
  });

  test('that is deleted after a run that no worker took, and that was ended, is let go at once', () => {
    const ended = {
      state: 'terminated',
      message: 'no worker has taken it',
      closeTime: secondsAgo(1),
    } as const;
    const outcome = (untaken: boolean) =>
      types(
        decide({
          metadata: deleting,
          status: { active: OLDER },
          runs: { [OLDER]: { ...ended, ...(untaken && { untaken }) } },
        }),
      );
    expect(outcome(true)).toEqual(['removeFinalizer']);
    expect(outcome(false)).toContain('startDelete');
  });

  test('with a schedule that is on another task queue: it is put where its runs belong', () => {
    const scheduled = spec('theshire', { schedule: '@daily' });
    const put = decide({ spec: scheduled, regions, metadata: finalized }).find(
      (action) => action.type === 'putSchedule',
    );
    const there = (taskQueue: string): ScheduleReport => ({
      ...put!.schedule,
      ...{ state: 'present', taskQueue, runsStarted: 0, recent: [] },
    });
    const actions = (taskQueue: string) =>
      decide({ spec: scheduled, regions, metadata: finalized, schedule: there(taskQueue) });
    expect(types(actions('ddc'))).toContain('putSchedule');
    expect(types(actions('ddc.theshire'))).not.toContain('putSchedule');
    expect(statusOf(actions('ddc.theshire')).placement).toMatchObject(THESHIRE);
  });
});
