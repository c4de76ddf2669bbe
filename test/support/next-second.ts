import { poll } from './poll.ts';

/** Temporal names what a schedule starts by the second: waits for another one, so that two runs are two. */
export async function nextSecond(): Promise<void> {
  const second = (): number => Math.floor(Date.now() / 1_000);
  const present = second();
  await poll(second, (now) => now > present, 'the next second', 5_000);
}
