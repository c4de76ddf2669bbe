import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import pino from 'pino';
import { leaveMemoryOutOfCoreDumps } from '../activities/engine/core-dumps.ts';
import { withCodecOptions, type CodecSettings } from '../codec/settings.ts';
import { openTemporalData } from '../codec/temporal-data.ts';
import {
  anybody,
  byAccessToken,
  byTokenFile,
  readToken,
  type Authenticate,
} from './codec-server/authenticate.ts';
import { serveCodec } from './codec-server/serve.ts';
import { ExitError } from './exit-error.ts';
import { PROGRAM } from './program.ts';

const USAGE = 2;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

interface Options extends CodecSettings {
  host: string;
  port: number;
  allowedOrigin: string[];
  tlsCert?: string;
  tlsKey?: string;
  tokenFile?: string;
  jwksUrl?: string;
  jwtIssuer?: string;
  jwtAudience?: string;
  insecureNoAuth: boolean;
}

/** `ddc codec-server`: lets people read what operator and worker have encrypted. */
export function codecServerCommand(): Command {
  return withCodecOptions(new Command('codec-server'))
    .description("Decrypts for Temporal's Web UI and command line what operator and worker have encrypted.")
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0: any free one', parsePort, 8234)
    .addOption(
      new Option(
        '--allowed-origin <url>',
        'origin of the Web UI, e.g. https://temporal.example.com; may be repeated',
      )
        .argParser((origin: string, before: string[]) => [...before, parseOrigin(origin)])
        .default([], 'none: no web page may ask'),
    )
    .option('--tls-cert <file>', 'certificate in PEM, its chain included; without it plain HTTP is served')
    .option('--tls-key <file>', 'private key of the certificate, in PEM')
    .option('--token-file <file>', 'holds the token that all must send: Authorization: Bearer <token>')
    .option('--jwks-url <url>', 'or: keys of the identity provider whose access tokens (JWT) are accepted')
    .option('--jwt-issuer <text>', 'iss of those tokens')
    .option('--jwt-audience <text>', 'aud of those tokens')
    .option(
      '--insecure-no-auth',
      'or: everybody who reaches it may decrypt; on a loopback address only',
      false,
    )
    .addHelpText(
      'after',
      `
Examples:
  ${PROGRAM} codec-server --codec-keys-dir /keys --token-file token
  temporal workflow show -w <id> --codec-endpoint http://127.0.0.1:8234 --codec-auth "Bearer $(cat token)"
  ${PROGRAM} codec-server --codec-keys-dir /keys --host 0.0.0.0 --tls-cert tls.crt --tls-key tls.key \\
    --allowed-origin https://temporal.example.com --jwks-url https://id.example.com/keys \\
    --jwt-issuer https://id.example.com --jwt-audience temporal`,
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  leaveMemoryOutOfCoreDumps();
  const { host, port, allowedOrigin: origins } = options;
  const authenticate = await authentication(options);
  const certificate = await certificateOf(options);
  const log = pino({ base: { component: 'codec-server', pid: process.pid } });
  const data = await openTemporalData(options, (reason) =>
    log.error({ reason }, 'the changed keys of the codec are not used'),
  );
  if (!data.encrypts)
    throw new ExitError(
      USAGE,
      'it has no keys: --codec-keys-dir (DDC_CODEC_KEYS_DIR) must name their directory',
    );
  if (certificate === undefined && !LOOPBACK.has(host))
    log.warn('plain HTTP: what is decrypted can be read on the way, unless a proxy before it speaks TLS');
  const server = await serveCodec({
    ...{ host, port, codec: data.codec, authenticate, origins, log },
    ...(certificate && { certificate }),
  });
  log.info({ host, port: server.port }, 'codec server ready');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  await server.stop();
}

async function authentication(options: Options): Promise<Authenticate> {
  const { tokenFile, jwksUrl, jwtIssuer, jwtAudience, insecureNoAuth, host } = options;
  const ways = [tokenFile, jwksUrl, insecureNoAuth || undefined].filter((way) => way !== undefined);
  if (ways.length !== 1)
    throw new ExitError(
      USAGE,
      'who may decrypt must be told by one of --token-file, --jwks-url and, on a loopback address, --insecure-no-auth',
    );
  if (tokenFile !== undefined) {
    await readToken(tokenFile).catch((error: Error) => {
      throw new ExitError(USAGE, error.message);
    });
    return byTokenFile(tokenFile);
  }
  if (jwksUrl === undefined) {
    if (LOOPBACK.has(host)) return anybody;
    throw new ExitError(
      USAGE,
      `--insecure-no-auth: ${host} is no loopback address (${[...LOOPBACK].join(', ')})`,
    );
  }
  if (jwtIssuer === undefined || jwtAudience === undefined)
    throw new ExitError(
      USAGE,
      '--jwks-url needs --jwt-issuer and --jwt-audience, which the tokens must name',
    );
  const url = URL.canParse(jwksUrl) ? new URL(jwksUrl) : undefined;
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && LOOPBACK.has(url.hostname)))
    throw new ExitError(USAGE, '--jwks-url must be a URL like https://id.example.com/keys');
  return byAccessToken({ jwksUrl, issuer: jwtIssuer, audience: jwtAudience });
}

async function certificateOf({
  tlsCert,
  tlsKey,
}: Options): Promise<{ cert: Buffer; key: Buffer } | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined)
    throw new ExitError(USAGE, '--tls-cert and --tls-key belong together');
  const [cert, key] = await Promise.all([tlsCert, tlsKey].map((file) => readFile(file)));
  return { cert: cert!, key: key! };
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('Expected a port from 0 to 65535.');
  return Number(text);
}

function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || (text !== url.origin && text !== `${url.origin}/`))
    throw new InvalidArgumentError('Expected scheme, host and port, e.g. https://temporal.example.com.');
  return url.origin;
}
