import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { down, status, up } from './detached.ts';
import { errorMessage } from './errors.ts';
import { SERVER_NAMES, USUAL_SERVERS } from './plan.ts';
import type { ServerName } from './plan.ts';

const STATE = fileURLToPath(new URL('../../.ddc', import.meta.url));

const say = (line: string): void => console.error(line);

function serverName(value: string, before: readonly ServerName[] = []): ServerName[] {
  const name = SERVER_NAMES.find((each) => each === value);
  if (!name)
    throw new InvalidArgumentError(`there is no server "${value}"; there are: ${SERVER_NAMES.join(', ')}`);
  return [...before, name];
}

function setName(value: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(value))
    throw new InvalidArgumentError('expected small letters, digits and -, e.g. homeoffice');
  return value;
}

const orUsual = (names: readonly ServerName[]): readonly ServerName[] =>
  names.length > 0 ? names : USUAL_SERVERS;

const quoted = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`;

const program = new Command('npm run servers --')
  .description(
    'Starts the real servers that DDC works with, on 127.0.0.1 and on free ports. What is not on this machine is ' +
      'downloaded or built once and kept in DDC_CACHE (default ~/.cache/ddc).',
  )
  .addHelpText(
    'after',
    `
Servers:
  temporal     Temporal development server and Web UI
  kubernetes   etcd, kube-apiserver, kube-controller-manager: an API without nodes
  s3           versitygw, an S3 server that keeps objects as files
  minio        MinIO, a second S3 server; only when it is named
  vault        HashiCorp Vault, a development server that keeps all in memory; only when it is named

Use:
  eval "$(npm run --silent servers -- up)"   start all and point this shell at them
  npm run servers -- down                    stop them
  npm run servers -- --set b up kubernetes   another set of them, e.g. a second cluster; likewise: --set b down

Environment:
  DDC_CACHE           where programs are kept; default ~/.cache/ddc
  DDC_RELEASES_URL    a mirror of the release sites: MIRROR/github.com/... and MIRROR/dl.k8s.io/...
  DDC_TEMPORAL_BIN, DDC_ETCD_BIN, DDC_KUBE_APISERVER_BIN, DDC_KUBE_CONTROLLER_MANAGER_BIN, DDC_KUBECTL_BIN,
  DDC_VERSITYGW_BIN, DDC_MINIO_BIN, DDC_VAULT_BIN   paths of programs to use instead
State and logs: .ddc/servers in the checkout, .ddc/servers-<name> of another set.`,
  )
  .option('--set <name>', 'a set of servers beside the usual one', setName);

/** Where the chosen set is. */
function directory(): string {
  const { set } = program.opts<{ set?: string }>();
  return join(STATE, set === undefined ? 'servers' : `servers-${set}`);
}

program
  .command('up')
  .description(
    'start servers that keep running, and print `export` lines for a shell; what runs already is left alone',
  )
  .argument('[name...]', `any of ${SERVER_NAMES.join(', ')}; default: all but minio and vault`, serverName)
  .action(async (names: ServerName[] = []) => {
    const environment = await up(orUsual(names), { dir: directory(), env: process.env, log: say });
    for (const [name, value] of Object.entries(environment)) console.log(`export ${name}=${quoted(value)}`);
  });

program
  .command('down')
  .description('stop them; their data is kept')
  .argument('[name...]', 'default: all', serverName)
  .action(async (names: ServerName[] = []) =>
    down(names.length > 0 ? names : SERVER_NAMES, { dir: directory(), log: say }),
  );

program
  .command('status')
  .description('what runs')
  .action(() => {
    for (const line of status(directory())) console.log(line);
  });

try {
  await program.parseAsync();
} catch (error) {
  say(errorMessage(error));
  process.exitCode = 1;
}
