import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withBody } from '../../activities/stores/s3/body.ts';
import type { Meter } from '../../activities/stores/s3/limits.ts';

describe('the body of a request', () => {
  const content = randomBytes(200_000);
  let directory: string;
  let file: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ddc-body-'));
    file = join(directory, 'file');
    await writeFile(file, content);
  });
  afterAll(() => rm(directory, { recursive: true }));

  /** Counts, and never makes wait. */
  function meterOf(metersBytes: boolean): Meter & { counted: number[] } {
    const counted: number[] = [];
    return {
      metersBytes,
      counted,
      request: async () => undefined,
      bytes: async (count) => {
        counted.push(count);
      },
    };
  }

  test.each([false, true])('is closed when its request fails (limited: %s)', async (limited) => {
    const opened: Readable[] = [];
    const sent = withBody({ file, start: 0, end: 200_000 }, meterOf(limited), async (body) => {
      expect(body).toBeInstanceOf(Readable);
      opened.push(body as Readable);
      throw new Error('connection lost');
    });
    await expect(sent).rejects.toThrow('connection lost');
    expect(opened.map((stream) => stream.destroyed)).toEqual([true]);
  });

  test('under a limit goes out in small pieces, each of which is waited for', async () => {
    const meter = meterOf(true);
    for (const body of [content.subarray(7, 150_000), { file, start: 7, end: 150_000 }]) {
      meter.counted.length = 0;
      const sent = await withBody(body, meter, async (opened) => {
        const pieces: Buffer[] = [];
        for await (const piece of opened as Readable) pieces.push(piece as Buffer);
        return Buffer.concat(pieces);
      });
      expect(sent.equals(content.subarray(7, 150_000))).toBe(true);
      expect(meter.counted.reduce((sum, count) => sum + count, 0)).toBe(149_993);
      expect(Math.max(...meter.counted)).toBeLessThanOrEqual(64 * 1024);
    }
  });
});
