import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newReceiptKeys } from '../../activities/receipts/keys.ts';
import { startAnswers, type Answer, type Answers, type Asked } from '../support/answers.ts';
import { csvOf } from '../support/csv.ts';
import { apply, batchTransfer, kubectl, untilGone, untilStatus } from '../support/kubernetes.ts';
import {
  addDescriptions,
  addEvents,
  addFiles,
  addHistories,
  addObjects,
  addProcesses,
  addResources,
  addScratch,
} from '../support/leak-places.ts';
import { Findings } from '../support/leaks.ts';
import { ENDED } from '../support/outcome.ts';
import { poll } from '../support/poll.ts';
import { accessKey, createBucket, keys, put, s3Side, secretKey } from '../support/s3.ts';
import { spellings } from '../support/spellings.ts';
import { startStack, type Stack } from '../support/stack.ts';

const unique = randomBytes(8).toString('hex');
/** Must be found wherever secrets are looked for: part of names, keys and data. */
const control = `seen${unique}`;
/** What a person may take for a key, and what breaks quoting, URLs and headers. */
const wrong = { accessKey: `AKIA${unique.toUpperCase()}`, secretKey: `wJalr${unique}/K7MDENG+bPxRfi=` };
const odd = { accessKey: `od"d\\ ${unique}<&>é%2B`, secretKey: `'sec"r\\et ${unique}\n<&>é%2B` };
const inUrl = `pass${unique}word`;
const encryption = { key: randomBytes(32).toString('base64') };
const digest = { key: `hmac${unique}key`, salt: `salt${unique}` };
const parquet = {
  encryption: {
    footerKey: randomBytes(32).toString('base64'),
    columnKeys: [{ columns: ['id'], key: randomBytes(32).toString('base64') }],
  },
};
const wrongKey = randomBytes(16).toString('base64');
const misspelt = `mistyped${unique}`;
/** What the worker logs in with, and what it is told. */
const vault = {
  jwt: `jwt${unique}jwt`,
  token: `hvs.${unique}`,
  refusal: `refused${unique}because`,
  provided: `provided${unique}key`,
  imported: randomBytes(32).toString('base64'),
};
const secrets: Record<string, string> = {
  'the real access key': accessKey,
  'the real secret key': secretKey,
  'a wrong access key': wrong.accessKey,
  'a wrong secret key': wrong.secretKey,
  'an odd access key': odd.accessKey,
  'an odd secret key': odd.secretKey,
  'a password in a URL': inUrl,
  'an encryption key': encryption.key,
  'an HMAC key': digest.key,
  'a salt': digest.salt,
  'a footer key': parquet.encryption.footerKey,
  'a column key': parquet.encryption.columnKeys[0]!.key,
  'a wrong footer key': wrongKey.slice(4),
  'the token of the worker': vault.jwt,
  'a token of Vault': vault.token,
  'the body of a refusal': vault.refusal,
  'a key of the secret provider': vault.provided,
  'an imported key': vault.imported,
  'a key that is none, under a name that is none': misspelt,
};

const receiptKey = newReceiptKeys().privateKey;
/** As PEM would be found: a line of it. */
secrets['the key that signs receipts'] = receiptKey.split('\n')[1]!;

let stack: Stack;
let from: string;
let to: string;
let keyDirectory: string;
let secretServer: Answers;
const findings = new Findings();
const name = (what: string): string => `${what}-${control}`;
const good = (key: string, source = 'good.csv'): object => ({
  source: s3Side(from, source),
  destination: s3Side(to, `${name(key)}.parquet`),
  verify: 'full',
  receipt: { prefix: `proof-${control}` },
  transformation: [
    { action: 'Encrypt', columns: [control], options: encryption },
    { action: 'Digest', columns: ['id'], options: { algo: 'sha256', ...digest } },
  ],
});

beforeAll(async () => {
  keyDirectory = await mkdtemp(join(tmpdir(), 'ddc-canary-'));
  const keyFile = join(keyDirectory, 'key.pem');
  await writeFile(keyFile, receiptKey, { mode: 0o600 });
  const tokenFile = join(keyDirectory, 'token');
  await writeFile(tokenFile, vault.jwt);
  await mkdir(join(keyDirectory, 'mounted'));
  await writeFile(join(keyDirectory, 'mounted', 'footer'), vault.imported);
  secretServer = await startAnswers(secretAnswer);
  stack = await startStack('canary', {
    DDC_RECEIPT_KEY_FILE: keyFile,
    DDC_VAULT_TOKEN_FILE: tokenFile,
    DDC_SECRET_DIR: keyDirectory,
    SECRET_PROVIDER_URL: secretServer.address,
    SECRET_PROVIDER_ROLE: 'canary',
    DDC_CHUNK_BYTES: '32Ki',
    DDC_PARALLEL_CHUNKS: '1',
    DDC_LOG_LEVEL: 'trace',
  });
  from = await createBucket('canary-from');
  to = await createBucket('canary-to');
  const csv = csvOf(`id,${control}`, 20_000, (index) => `${index},some text ${control}`);
  await put(from, 'good.csv', csv);
  await put(from, 'ragged.csv', `${csv.repeat(2).replaceAll(`\nid,${control}`, '')}1,2,3\n`);
});
afterAll(async () => {
  await stack.stop();
  secretServer.close();
  await rm(keyDirectory, { recursive: true });
});

/** Vault and secret provider at once. */
function secretAnswer({ method, url = '' }: Asked): Answer {
  const refused = (status: number): Answer => ({ status, body: { errors: [vault.refusal, vault.token] } });
  const { pathname, searchParams } = new URL(url, 'http://x');
  if (pathname === '/v1/auth/nobody/login') return refused(403);
  if (method === 'POST') return { body: { auth: { client_token: vault.token, lease_duration: 3600 } } };
  const found: Record<string, object> = {
    good: { accessKey, secretKey },
    wrong,
    digest: { key: vault.provided },
  };
  const name = searchParams.get('secret_name') ?? pathname.slice('/v1/'.length);
  if (name === 'sealed') return refused(503);
  const data = found[name];
  return data === undefined ? refused(404) : { body: { data } };
}

/** Every kind of reference, and every way to fail with one. */
async function referring(): Promise<void> {
  const at = (secretPath: string, authPath = '/v1/auth/kubernetes/login'): object => ({
    vault: { address: secretServer.address, role: 'canary', authPath, secretPath: `/v1/${secretPath}` },
  });
  const none = { accessKey: undefined, secretKey: undefined };
  const ended = [...ENDED, 'Failed'];
  const reading = (references: object): object => ({
    ...good('out'),
    source: s3Side(from, 'good.csv', { ...none, ...references }),
  });
  const encryption = { secretImport: 'mounted;footer -> footerKey' };
  const destination = s3Side(to, `${name('referring')}.parquet`, {
    ...none,
    ...at('good'),
    parquet: { encryption },
  });
  const transformation = [
    { action: 'Digest', columns: ['id'], options: { algo: 'sha256', vaultPath: 'digest' } },
  ];
  const everywhere = { ...reading({ vaultPath: 'good' }), destination, transformation };
  expect(await transfer('referring', everywhere)).toBe('Succeeded');
  const mistyped = [{ action: 'Encrypt', columns: ['id'], options: { vaultPath: 'digest' } }];
  const cases: [string, object, string][] = [
    ['vault-login', reading(at('good', '/v1/auth/nobody/login')), 'Fatal'],
    ['vault-none', reading(at('none')), 'Fatal'],
    ['vault-sealed', reading(at('sealed')), 'Failed'],
    ['vault-wrong', reading(at('wrong')), 'Fatal'],
    ['provider-none', reading({ vaultPath: 'none' }), 'Fatal'],
    ['provider-sealed', reading({ vaultPath: 'sealed' }), 'Failed'],
    ['imported-no-keys', reading({ secretImport: 'mounted' }), 'Fatal'],
    ['no-key-found', { ...good('out'), transformation: mistyped }, 'Fatal'],
    ['url-with-password', reading({ vaultPath: `http://me:${inUrl}@127.0.0.1/x` }), 'ConfigurationError'],
  ];
  for (const [what, spec, state] of cases)
    expect([what, await transfer(what, spec, ended)]).toEqual([what, state]);
}

async function look(): Promise<void> {
  await addFiles(findings, stack);
  await addObjects(findings, to);
  await addResources(findings, stack);
  await addProcesses(findings, stack);
  await addDescriptions(findings, stack);
}

/** Looks everywhere again and again until the work is done. */
async function watching<T>(work: Promise<T>): Promise<T> {
  const finished = work.then(
    () => true,
    () => true,
  );
  const until = async (ms: number, once: () => Promise<void>): Promise<void> => {
    do await once();
    while (!(await Promise.race([finished, delay(ms, false)])));
  };
  await Promise.all([until(200, look), until(50, () => addScratch(findings, stack))]);
  return work;
}

async function transfer(what: string, spec: object, states = ENDED): Promise<string | undefined> {
  const applied = await apply(batchTransfer(stack.namespace, name(what), spec));
  if (applied.code !== 0) throw new Error(`kubectl apply refused ${what}`);
  return (await watching(untilStatus(stack.namespace, name(what), states))).status;
}

const remove = (what: string): Promise<unknown> =>
  kubectl(['delete', 'bt', name(what), '-n', stack.namespace, '--wait=false']);

/** Runs of every kind, seen at every stage. */
async function live(): Promise<void> {
  expect(await transfer('copied', good('copied'))).toBe('Succeeded');
  expect(await transfer('ragged', good('ragged', 'ragged.csv'))).toBe('Fatal');

  for (const options of [{ key: misspelt }, { ...encryption, Key: misspelt }]) {
    const transformation = [{ action: 'Encrypt', columns: ['id'], options }];
    const what = `wrong-key-${Object.keys(options).length}`;
    expect(await transfer(what, { ...good('out'), transformation })).toBe('ConfigurationError');
  }

  const sealed = (more = {}): object => s3Side(to, `${name('sealed')}.parquet`, { parquet, ...more });
  expect(await transfer('sealed', { ...good('sealed'), destination: sealed() })).toBe('Succeeded');
  expect(await transfer('opened', { ...good('opened'), source: sealed() })).toBe('Succeeded');
  const another = { encryption: { ...parquet.encryption, footerKey: wrongKey } };
  expect(await transfer('not-opened', { ...good('out'), source: sealed({ parquet: another }) })).toBe(
    'Fatal',
  );
  const short = { encryption: { footerKey: wrongKey.slice(4) } };
  expect(await transfer('short-key', { ...good('out'), source: sealed({ parquet: short }) })).toBe(
    'ConfigurationError',
  );

  const source = (keys: Record<string, unknown>, more = {}): object => ({
    ...good('out'),
    source: s3Side(from, 'good.csv', keys),
    ...more,
  });
  expect(await transfer('wrong-source', source(wrong))).toBe('Fatal');
  expect(await transfer('wrong-target', { ...good('out'), destination: s3Side(to, 'out', wrong) })).toBe(
    'Fatal',
  );
  const ended = [...ENDED, 'Failed'];
  expect(await transfer('odd-source', source(odd, { maxFailedRetries: 1 }), ended)).not.toBe('Succeeded');
  const away = { endpoint: 'http://127.0.0.1:1' };
  expect(await transfer('away', source({ ...wrong, ...away }), ended)).toBe('Failed');
  const userInfo = { endpoint: `http://user:${inUrl}@127.0.0.1:1` };
  expect(await transfer('in-endpoint', source({ ...wrong, ...userInfo }))).toBe('ConfigurationError');
  const database = { db2URL: `jdbc:db2://host:1/DB:user=me;password=${inUrl};`, table: 'T', password: inUrl };
  expect(await transfer('database', { ...good('out'), source: { database } })).toBe('Fatal');

  await apply(batchTransfer(stack.namespace, name('cancelled'), good('cancelled')));
  await poll(
    () => keys(to),
    (all) => all.some((key) => key.includes('/chunks/')),
    'chunks',
  );
  for (const what of ['cancelled', 'copied', 'away', 'wrong-target']) {
    await remove(what);
    await watching(untilGone(stack.namespace, name(what)));
  }
}

describe('credentials', () => {
  test('the search finds a secret in every spelling', () => {
    const all = new Findings();
    const secret = odd.secretKey;
    for (const [index, before] of ['', 'a', 'ab'].entries()) {
      const base64 = Buffer.from(JSON.stringify({ [before]: `${secret}tail` })).toString('base64');
      all.addJson(`payload ${index}`, { data: base64 });
      const plain = Buffer.from(`${before}${secret}${before}`).toString('base64');
      all.addJson(`base64 ${index}`, { metadata: { encoding: 'YmluYXJ5' }, data: plain });
    }
    all.addJson('JSON', { a: { b: secret } });
    all.addJson('JSON in JSON', { a: JSON.stringify({ b: secret }) });
    all.add('URL', new URLSearchParams({ secret }).toString());
    all.add('header', `Authorization: ${secret}`);
    const found = new Set(
      all
        .search(JSON.stringify(secret).slice(1, -1))
        .concat(all.search(secret))
        .map(({ place }) => place),
    );
    expect([...found].sort()).toEqual(all.places);
    expect(new Set(spellings(secret).map((each) => each.name)).size).toBeGreaterThan(10);
    expect(all.search(`${secret}!`)).toEqual([]);
  });

  test('are nowhere but where the user has put them', async () => {
    await live();
    await referring();
    await look();
    await addEvents(findings, stack);
    const types = await addHistories(findings, stack);
    expect(types).toEqual(expect.arrayContaining(['batchTransfer', 'deleteTransfer']));

    // Where a text that may be there is not found, that secrets are not found proves nothing.
    const controls: Record<string, string> = {
      ...Object.fromEntries(['operator', 'worker'].map((each) => [`cmdline of ${each}`, `${each}/main.ts`])),
      'cmdline of engine': 'engine-process.ts',
      ...Object.fromEntries(
        ['operator', 'worker', 'engine'].map((each) => [`environ of ${each}`, stack.namespace]),
      ),
      'ledger keys': '/chunks/',
      'managed fields': 'ddc-operator',
      'operator.log': 'operator ready',
      ...Object.fromEntries(
        [
          ...[
            'events',
            'history of batchTransfer',
            'history of deleteTransfer',
            'kubectl get',
            'ledger',
            'result',
          ],
          ...['query __temporal_workflow_metadata', 'query progress', 'result keys', 'scratch', 'status'],
          ...['worker.log', 'workflow description'],
        ].map((each) => [each, control]),
      ),
    };
    expect(findings.places).toEqual(Object.keys(controls).sort());
    for (const [place, text] of Object.entries(controls))
      expect(findings.search(text).map((found) => found.place)).toContain(place);
    for (const [what, secret] of Object.entries(secrets))
      expect({ what, found: findings.search(secret) }).toEqual({ what, found: [] });
  }, 300_000);
});
