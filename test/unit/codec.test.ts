import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { CodecError } from '../../codec/errors.ts';
import { readCodecKeys } from '../../codec/key-files.ts';
import { KeyRing } from '../../codec/key-ring.ts';
import { encryptionKeyId } from '../../codec/payload-codec.ts';
import { openTemporalData, TemporalData } from '../../codec/temporal-data.ts';
import { runs } from '../support/runs.ts';

let directory: string;
const problems: string[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ddc-codec-'));
  problems.length = 0;
});
afterEach(() => rm(directory, { recursive: true }));

const put = (name: string, content = randomBytes(32).toString('hex')): Promise<void> =>
  writeFile(join(directory, name), `${content}\n`);
const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const opened = (codecKeyId?: string): Promise<TemporalData> =>
  openTemporalData({ codecKeysDir: directory, codecKeyId }, (reason) => problems.push(reason));
const bytesOf = ({ data }: Payload): Buffer => Buffer.from(data!);

describe('what goes to Temporal', () => {
  test('comes back as it was, and shows nothing but the id of the key', async () => {
    await put('k1');
    const { codec } = await opened();
    const payload = fc.record({
      metadata: fc.dictionary(
        fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
        fc.uint8Array(),
      ),
      data: fc.uint8Array({ minLength: 8, maxLength: 2000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(payload, { maxLength: 4 }), async (payloads) => {
        const encoded = await codec.encode(payloads);
        for (const [index, one] of encoded.entries()) {
          expect(Object.keys(one.metadata!)).toEqual(['encoding', 'encryption-key-id']);
          expect(encryptionKeyId(one)).toBe('k1');
          expect(bytesOf(one).includes(Buffer.from(payloads[index]!.data))).toBe(false);
        }
        const back = await codec.decode(encoded);
        expect(back.map(bytesOf)).toEqual(payloads.map(bytesOf));
        expect(back.map(({ metadata }) => plain(metadata!))).toEqual(
          payloads.map(({ metadata }) => plain(metadata)),
        );
      }),
      { numRuns: runs(50) },
    );
  });

  const plain = (metadata: Record<string, Uint8Array>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value).toString('hex')]),
    );

  test('is another cipher text each time', async () => {
    await put('k1');
    const { codec } = await opened();
    const [a, b] = await codec.encode([payloadOf('same'), payloadOf('same')]);
    expect(bytesOf(a!).equals(bytesOf(b!))).toBe(false);
  });

  test('is refused when any bit of it was changed, or it was cut', async () => {
    await put('k1');
    const { codec } = await opened();
    const [encoded] = await codec.encode([payloadOf({ bucket: 'secret' })]);
    const bytes = bytesOf(encoded!);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), fc.boolean(), async (bit, cut) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        const data = cut ? bytes.subarray(0, bit >> 3) : changed;
        await expect(codec.decode([{ ...encoded!, data }])).rejects.toThrow(
          'does not decrypt with the key "k1": it was changed, or another key had this id',
        );
      }),
      { numRuns: runs(50) },
    );
  });

  test('is read as it is when it was not encrypted', async () => {
    await put('k1');
    const { codec } = await opened();
    const before = [payloadOf('of before')];
    expect(await codec.decode(before)).toEqual(before);
  });

  test('is not encrypted without keys; what is encrypted names its key and the setting', async () => {
    await put('k1');
    const encoded = await (await opened()).codec.encode([payloadOf(1)]);
    const none = await openTemporalData({ codecKeysDir: '' }, () => undefined);
    expect(none.encrypts).toBe(false);
    expect(await none.codec.encode([payloadOf(1)])).toEqual([payloadOf(1)]);
    await expect(none.first(encoded)).rejects.toThrow(
      /encrypted with the key "k1".*no keys: DDC_CODEC_KEYS_DIR/,
    );
  });

  test('a failure is read whatever is encrypted of it', async () => {
    await put('k1');
    const data = await opened();
    const [encodedAttributes] = await data.codec.encode([payloadOf({ message: 'why', stack_trace: '' })]);
    const failure = { message: 'Encoded failure', encodedAttributes: encodedAttributes! };
    expect((await data.failure(failure)).message).toBe('why');
    expect((await data.failure({ message: 'plain', cause: failure })).cause).toMatchObject({
      message: 'why',
    });
  });
});

describe('keys', () => {
  test('are rotated without a restart: old ones decrypt, the current one encrypts', async () => {
    await put('k1');
    await put('current', 'k1');
    let now = 0;
    const ring = await KeyRing.open({
      read: () => readCodecKeys(directory),
      onProblem: (reason) => problems.push(reason),
      now: () => now,
    });
    const { codec, isCurrent } = bound(new TemporalData(ring, directory));
    const old = await codec.encode([payloadOf('old')]);
    await put('k2', randomBytes(32).toString('base64'));
    await put('current', 'k2');
    expect(encryptionKeyId((await codec.encode([payloadOf(1)]))[0]!)).toBe('k1');
    now += 5_000;
    const renewed = await codec.encode([payloadOf('new')]);
    expect(encryptionKeyId(renewed[0]!)).toBe('k2');
    expect(await codec.decode([...old, ...renewed])).toMatchObject([payloadOf('old'), payloadOf('new')]);
    expect([await isCurrent(old[0]!), await isCurrent(renewed[0]!), await isCurrent(payloadOf(1))]).toEqual([
      false,
      true,
      false,
    ]);

    await rm(join(directory, 'k1'));
    now += 5_000;
    await expect(codec.decode(old)).rejects.toThrow(
      `encrypted with the key "k1", which this process does not have: the file "k1" must be in ${directory}`,
    );
  });

  const bound = (data: TemporalData) => ({
    codec: data.codec,
    isCurrent: (payload: Payload) => data.isCurrent(payload),
  });

  test('a key that another process has already is looked for at once', async () => {
    await put('k1');
    let now = 0;
    const options = {
      read: () => readCodecKeys(directory, 'k1'),
      onProblem: () => undefined,
      now: () => now,
    };
    const ring = await KeyRing.open(options);
    await put('k2');
    expect(await ring.find('k2')).toBeUndefined();
    now += 500;
    expect(await ring.find('k2')).toBeDefined();
  });

  test('what became unusable is told once, and the keys of before stay in use', async () => {
    await put('k1');
    let now = 0;
    const options = {
      read: () => readCodecKeys(directory),
      onProblem: (reason: string) => problems.push(reason),
    };
    const ring = await KeyRing.open({ ...options, now: () => now });
    await put('k1', 'no key');
    for (const _ of [1, 2, 3]) {
      now += 5_000;
      expect(await ring.current()).toMatchObject({ id: 'k1' });
    }
    expect(problems).toEqual([
      `DDC_CODEC_KEYS_DIR: ${join(directory, 'k1')} is no key: 32 bytes in base64 or in hexadecimal digits`,
    ]);
  });

  test('that are none are named, and what would be right', async () => {
    const refused = async (id?: string): Promise<string> =>
      opened(id).then(
        () => 'taken',
        (error: unknown) => (error instanceof CodecError ? error.message : String(error)),
      );
    expect(await refused()).toContain(`${directory} holds no keys; a key is a file with 32 bytes`);
    await put('k1', 'secret');
    expect(await refused()).toBe(
      `DDC_CODEC_KEYS_DIR: ${join(directory, 'k1')} is no key: 32 bytes in base64 or in hexadecimal digits`,
    );
    await put('k1');
    await put('k2');
    expect(await refused()).toContain('must name the one to encrypt with; there are: k1, k2');
    expect(await refused('k3')).toContain('DDC_CODEC_KEY_ID names the key "k3", which is not in');
    expect(await refused('k2')).toBe('taken');
    await put('current', 'k3');
    expect(await refused()).toContain(`the file ${join(directory, 'current')} names the key "k3"`);
    await put('a b');
    expect(await refused('k1')).toContain('is no name of a key');
    directory = join(directory, 'none');
    expect(await refused()).toBe(`DDC_CODEC_KEYS_DIR: ${directory} cannot be read (ENOENT)`);
    directory = join(directory, '..');
  });
});
