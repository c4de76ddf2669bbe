import { describe, expect, test } from '@jest/globals';
import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import { activityFailure } from '../../activities/activity-failure.ts';
import { TransferError } from '../../activities/failures.ts';
import { stepFailure } from '../../workflows/failures.ts';

const never = new AbortController().signal;
const cancelled = (reason: string): AbortSignal => AbortSignal.abort(new CancelledFailure(reason));
const away = new TransferError('StoreUnavailable', 'away');
const committed = Object.assign(new TransferError('StoreUnavailable', 'away'), { committed: true });

describe('what Temporal is told of an error', () => {
  test('class and code; that the commit point was passed', () => {
    const { error } = activityFailure(away, never);
    expect(error).toMatchObject({ type: 'StoreUnavailable', details: [{ class: 'retry' }] });
    expect(error).toMatchObject({ details: [expect.not.objectContaining({ committed: true })] });
    expect(activityFailure(committed, never).error).toMatchObject({ details: [{ committed: true }] });
  });

  test('the cancellation itself is one', () => {
    const signal = cancelled('CANCELLED');
    expect(activityFailure(signal.reason, signal)).toMatchObject({ type: 'Cancelled', error: signal.reason });
  });

  test('any other error while it is being cancelled is what it is: the copy may be visible', () => {
    expect(activityFailure(committed, cancelled('CANCELLED'))).toMatchObject({
      type: 'StoreUnavailable',
      error: { details: [{ class: 'retry', committed: true }] },
    });
  });

  test('whatever happens while the worker shuts down is for another worker', () => {
    const signal = cancelled('WORKER_SHUTDOWN');
    for (const error of [away, signal.reason])
      expect(activityFailure(error, signal).error).toMatchObject({
        type: 'WorkerShutdown',
        nonRetryable: false,
      });
  });
});

describe('what the workflow makes of it', () => {
  const failed = (type: string, cause: Error, last = true) =>
    stepFailure(
      new ActivityFailure('', type, '1', last ? 'MAXIMUM_ATTEMPTS_REACHED' : 'CANCEL_REQUESTED', '', cause),
    );
  const timeout = (kind: 'HEARTBEAT' | 'START_TO_CLOSE') =>
    new TimeoutFailure('activity timeout', undefined, kind);

  test('a classified error stays as it is', () => {
    expect(failed('copyWhole', activityFailure(committed, never).error)).toEqual({
      code: 'StoreUnavailable',
      message: 'away',
      class: 'retry',
      committed: true,
    });
  });

  test.each([
    ['copySlice', timeout('HEARTBEAT'), 'WorkerDied', 'copying: the worker died 10 times'],
    ['plan', timeout('HEARTBEAT'), 'WorkerDied', 'planning: the worker died 10 times'],
    ['publish', timeout('START_TO_CLOSE'), 'Timeout', 'publishing took longer than allowed 10 times'],
    [
      'discard',
      ApplicationFailure.create({ message: 'odd' }),
      'Internal',
      'removing what the run has left: odd',
    ],
  ])('%s without an answer: %s', (type, cause, code, message) => {
    expect(failed(type, cause)).toEqual({ code, message: expect.stringContaining(message), class: 'retry' });
  });

  test('a worker that died once, and nobody else may try', () => {
    expect(failed('copyWhole', timeout('HEARTBEAT'), false).message).toMatch(/^copying: the worker died; /);
  });
});
