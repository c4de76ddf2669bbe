import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_TASK_QUEUE } from '../workflows/contract.ts';
import { providerUrlProblems } from './api/checks/secret-address.ts';
import type { ParseEnvironment } from './api/index.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

export interface OperatorConfig {
  /** Files as in the variable KUBECONFIG; absent = in-cluster configuration. */
  kubeconfig?: string;
  temporalAddress: string;
  temporalNamespace: string;
  taskQueue: string;
  /** Absent = all namespaces. */
  watchNamespace?: string;
  leaderElectionNamespace: string;
  logLevel: string;
  /** What decides defaults of resources. */
  environment: ParseEnvironment;
}

type Flags = Omit<OperatorConfig, 'environment'> & {
  secretProviderUrl?: string;
  secretProviderRole?: string;
  keepData?: boolean;
};

/**
 * Settings by flag, else by environment variable, else default; `--help` lists them.
 * @param exit false: bad values and `--help` throw commander's CommanderError instead of ending the process
 */
export function readConfig(argv: readonly string[], exit = true): OperatorConfig {
  const program = new Command('operator')
    .description(
      'Turns BatchTransfer and SyncTransfer resources into Temporal workflows, and reports their progress.',
    )
    .addOption(
      new Option(
        '--kubeconfig <files>',
        'Kubernetes configuration; without it the one of the cluster it runs in',
      ).env('KUBECONFIG'),
    )
    .addOption(
      new Option('--temporal-address <host:port>', 'Temporal frontend')
        .env('DDC_TEMPORAL_ADDRESS')
        .default('127.0.0.1:7233')
        .argParser(parseAddress),
    )
    .addOption(
      new Option('--temporal-namespace <name>', 'Temporal namespace')
        .env('DDC_TEMPORAL_NAMESPACE')
        .default('default'),
    )
    .addOption(
      new Option('--task-queue <name>', 'task queue of the workers')
        .env('DDC_TASK_QUEUE')
        .default(DEFAULT_TASK_QUEUE),
    )
    .addOption(
      new Option('--watch-namespace <name>', 'Kubernetes namespace to watch (default: all)').env(
        'DDC_WATCH_NAMESPACE',
      ),
    )
    .addOption(
      new Option('--leader-election-namespace <name>', 'Kubernetes namespace of the Lease `ddc-operator`')
        .env('DDC_LEADER_ELECTION_NAMESPACE')
        .default('default'),
    )
    .addOption(
      new Option('--secret-provider-url <url>', 'default of spec.secretProviderURL').env(
        'SECRET_PROVIDER_URL',
      ),
    )
    .addOption(
      new Option('--secret-provider-role <role>', 'default of spec.secretProviderRole').env(
        'SECRET_PROVIDER_ROLE',
      ),
    )
    .addOption(
      new Option(
        '--keep-data [boolean]',
        'whether deleting a resource keeps what its transfer wrote, whatever noFinalizer in its spec says ' +
          '(default: as the spec says)',
      )
        .env('NO_FINALIZER')
        .preset('true')
        .argParser(parseBoolean),
    )
    .addOption(
      new Option('--log-level <level>', 'least severe level to log')
        .env('DDC_LOG_LEVEL')
        .choices(LOG_LEVELS)
        .default('info'),
    );
  if (!exit) program.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  const { secretProviderUrl, secretProviderRole, keepData, ...config } = program.parse(argv).opts<Flags>();
  // It goes with every transfer; the message must not repeat it.
  for (const problem of secretProviderUrl ? providerUrlProblems(secretProviderUrl) : [])
    program.error(`error: SECRET_PROVIDER_URL (--secret-provider-url) ${problem}`);
  return {
    ...config,
    environment: {
      SECRET_PROVIDER_URL: secretProviderUrl,
      SECRET_PROVIDER_ROLE: secretProviderRole,
      NO_FINALIZER: keepData === undefined ? undefined : String(keepData),
    },
  };
}

function parseAddress(value: string): string {
  if (!/^[^\s/:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/.test(value))
    throw new InvalidArgumentError('Expected host:port, e.g. 127.0.0.1:7233.');
  return value;
}

function parseBoolean(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new InvalidArgumentError('Expected true or false.');
  return value === 'true';
}
