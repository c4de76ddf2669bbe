import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import pino from 'pino';
import { KubernetesError } from '../../operator/kubernetes.ts';
import { becomeLeader, LEADER_TIMINGS } from '../../operator/watch/leader.ts';
import type { Term } from '../../operator/watch/leader.ts';
import type { LeaseContent, LeaseRecord, LeaseStore } from '../../operator/watch/lease.ts';
import { Outage } from '../../operator/watch/outage.ts';

const { lease: LEASE, renewDeadline: DEADLINE } = LEADER_TIMINGS;
const outage = new Outage(pino({ level: 'silent' }), 'lease');

class FakeLease implements LeaseStore {
  record: LeaseRecord | undefined;
  reachable = true;
  #version = 0;

  async read(): Promise<LeaseRecord | undefined> {
    this.#check();
    return this.record;
  }

  async write(content: LeaseContent, basedOn: LeaseRecord | undefined): Promise<LeaseRecord> {
    this.#check();
    if (basedOn?.resourceVersion !== this.record?.resourceVersion) throw new KubernetesError(409, 'conflict');
    this.#version += 1;
    this.record = { ...content, resourceVersion: String(this.#version) };
    return this.record;
  }

  #check(): void {
    if (!this.reachable) throw new KubernetesError(0, 'no reply');
  }
}

let lease: FakeLease;
let stop: AbortController;

beforeEach(() => {
  jest.useFakeTimers();
  lease = new FakeLease();
  stop = new AbortController();
});
afterEach(() => {
  stop.abort();
  jest.useRealTimers();
});

/** Stands for leader; the candidate's term appears in the answer when it is elected. */
function candidate(identity: string): { term?: Term; elected: Promise<void> } {
  const state: { term?: Term; elected: Promise<void> } = { elected: Promise.resolve() };
  state.elected = elect(identity, state);
  return state;
}

async function elect(identity: string, state: { term?: Term }): Promise<void> {
  const term = await becomeLeader({ lease, identity, outage, monotonic: Date.now }, stop.signal);
  if (term) state.term = term;
}

test('the first becomes the leader and stays it; the second waits', async () => {
  const first = candidate('a');
  await first.elected;
  const second = candidate('b');
  await jest.advanceTimersByTimeAsync(10 * LEASE);
  expect(first.term?.valid).toBe(true);
  expect(second.term).toBeUndefined();
  expect(lease.record?.holder).toBe('a');
});

test('the second takes over when the first has not renewed for the length of the lease, and not before', async () => {
  const first = candidate('a');
  await first.elected;
  const second = candidate('b');
  await jest.advanceTimersByTimeAsync(100);
  // the first is gone: nobody renews
  jest.spyOn(lease, 'write').mockRejectedValue(new KubernetesError(0, 'gone'));
  await jest.advanceTimersByTimeAsync(LEASE - 1_000);
  expect(second.term).toBeUndefined();
  expect(first.term?.valid).toBe(false);
  jest.restoreAllMocks();
  await jest.advanceTimersByTimeAsync(4_000);
  expect(second.term?.valid).toBe(true);
  expect(lease.record).toMatchObject({ holder: 'b', transitions: 1 });
});

test('a term that cannot be renewed ends before others may take over', async () => {
  const { term } = await elected('a');
  lease.reachable = false;
  await jest.advanceTimersByTimeAsync(DEADLINE - 2_100);
  expect(term.valid).toBe(true);
  await jest.advanceTimersByTimeAsync(2_200);
  expect(term.valid).toBe(false);
  expect(term.signal.aborted).toBe(true);
  await expect(term.ended).resolves.toBe('expired');
});

test('a process that was stopped and continues must not act, though no timer of its has run yet', async () => {
  const { term } = await elected('a');
  jest.setSystemTime(Date.now() + DEADLINE);
  expect(term.signal.aborted).toBe(false);
  expect(term.valid).toBe(false);
});

test('a lease in other hands ends the term at once', async () => {
  const { term } = await elected('a');
  await lease.write({ ...lease.record!, holder: 'b' }, lease.record);
  await jest.advanceTimersByTimeAsync(LEADER_TIMINGS.retry);
  await expect(term.ended).resolves.toBe('taken');
  expect(term.valid).toBe(false);
});

test('somebody who merely touched the lease does not end it', async () => {
  const { term } = await elected('a');
  await lease.write({ ...lease.record! }, lease.record);
  await jest.advanceTimersByTimeAsync(3 * LEASE);
  expect(term.valid).toBe(true);
});

test('a released lease is free at once', async () => {
  const { term } = await elected('a');
  await term.release();
  expect(lease.record?.holder).toBe('');
  await expect(term.ended).resolves.toBe('released');
  expect((await elected('b')).term.valid).toBe(true);
});

async function elected(identity: string): Promise<{ term: Term }> {
  const state = candidate(identity);
  await state.elected;
  return { term: state.term! };
}
