import { Command, InvalidArgumentError, Option } from 'commander';
import { withCodecOptions, type CodecSettings } from '../codec/settings.ts';
import { DEFAULT_TASK_QUEUE } from '../workflows/contract.ts';
import { parseDuration } from './api/checks/duration.ts';
import { regionProblem } from './api/checks/region.ts';
import { providerUrlProblems } from './api/checks/secret-address.ts';
import type { ParseEnvironment } from './api/index.ts';
import type { WebhookSettings } from './webhook/run.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

export interface OperatorConfig extends CodecSettings {
  /** Files as in the variable KUBECONFIG; absent = in-cluster configuration. */
  kubeconfig?: string;
  temporalAddress: string;
  temporalNamespace: string;
  taskQueue: string;
  /** That have workers; absent = one task queue for all. */
  regions?: string[];
  egressPolicy?: string;
  /** Absent = all namespaces. */
  watchNamespace?: string;
  leaderElectionNamespace: string;
  logLevel: string;
  /** Seconds for which runs that are Fatal are parked; absent = they are not. */
  parkFor?: number;
  /** What decides defaults of resources. */
  environment: ParseEnvironment;
  /** Absent = none is served. */
  webhook?: WebhookSettings;
}

/** Seconds. */
const PARK_FOR = 86_400;
/** Temporal keeps the history of a run that is open however long; its stores may not keep unfinished uploads. */
const MOST_PARK_MS = 30 * 86_400_000;

type Flags = Omit<OperatorConfig, 'environment' | 'webhook' | 'parkFor'> & {
  parkFailedRuns: number;
  webhookPort: number;
  webhookCertDir?: string;
  webhookSelfSignedService?: string;
  secretProviderUrl?: string;
  secretProviderRole?: string;
  keepData?: boolean;
};

/**
 * Settings by flag, else by environment variable, else default; `--help` lists them.
 * @param exit false: bad values and `--help` throw commander's CommanderError instead of ending the process
 */
export function readConfig(argv: readonly string[], exit = true): OperatorConfig {
  const program = withCodecOptions(new Command('operator'))
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
      new Option(
        '--regions <names>',
        'regions that have workers, separated by commas: transfers go to <task queue>.<region> (default: one task queue for all)',
      )
        .env('DDC_REGIONS')
        .argParser(parseRegions),
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
      new Option(
        '--park-failed-runs <duration>',
        'for how long a run that is Fatal keeps what it has done, so that it can be resumed; 0: not at all',
      )
        .env('DDC_PARK_FAILED_RUNS')
        .default(PARK_FOR, '24h')
        .argParser(parseParkFor),
    )
    .addOption(
      new Option('--webhook-port <port>', 'port of the admission webhook; 0: none is served')
        .env('DDC_WEBHOOK_PORT')
        .default(0)
        .argParser(parsePort),
    )
    .addOption(
      new Option(
        '--webhook-cert-dir <directory>',
        'holds tls.crt and tls.key of the webhook, e.g. of cert-manager; followed when they change',
      ).env('DDC_WEBHOOK_CERT_DIR'),
    )
    .addOption(
      new Option(
        '--webhook-self-signed-service <service.namespace.svc>',
        'or: make the certificate for this Service, keep it in a Secret of its namespace, and have the API server trust it',
      )
        .env('DDC_WEBHOOK_SELF_SIGNED_SERVICE')
        .argParser(parseService),
    )
    .addOption(
      new Option(
        '--egress-policy <file>',
        'YAML of what may be reached on behalf of which Kubernetes namespace; the workers have the same',
      ).env('DDC_EGRESS_POLICY'),
    )
    .addOption(
      new Option('--log-level <level>', 'least severe level to log')
        .env('DDC_LOG_LEVEL')
        .choices(LOG_LEVELS)
        .default('info'),
    );
  if (!exit) program.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  const {
    secretProviderUrl,
    secretProviderRole,
    keepData,
    parkFailedRuns,
    regions = [],
    webhookPort,
    webhookCertDir,
    webhookSelfSignedService,
    ...config
  } = program.parse(argv).opts<Flags>();
  // It goes with every transfer; the message must not repeat it.
  for (const problem of secretProviderUrl ? providerUrlProblems(secretProviderUrl) : [])
    program.error(`error: SECRET_PROVIDER_URL (--secret-provider-url) ${problem}`);
  const webhook = webhookSettings(webhookPort, webhookCertDir, webhookSelfSignedService);
  if (webhook === 'unclear')
    return program.error(
      'error: --webhook-port needs one of --webhook-cert-dir and --webhook-self-signed-service for its certificate',
    );
  return {
    ...config,
    ...(parkFailedRuns > 0 && { parkFor: parkFailedRuns }),
    ...(regions.length > 0 && { regions }),
    ...(webhook && { webhook }),
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

/** @returns seconds */
function parseParkFor(value: string): number {
  const ms = value === '0' ? 0 : parseDuration(value);
  if (ms === undefined || ms > MOST_PARK_MS)
    throw new InvalidArgumentError('Expected a duration from 0 to 30d, e.g. 24h.');
  return ms / 1_000;
}

function parseRegions(value: string): string[] {
  if (value.trim() === '') return [];
  const names = value.split(',').map((name) => name.trim());
  for (const name of names) {
    const problem = regionProblem(name);
    if (problem !== undefined) throw new InvalidArgumentError(`Region "${name}": ${problem}`);
  }
  return names;
}

function parseBoolean(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new InvalidArgumentError('Expected true or false.');
  return value === 'true';
}

function webhookSettings(
  port: number,
  directory: string | undefined,
  host: string | undefined,
): WebhookSettings | 'unclear' | undefined {
  if (port === 0) return undefined;
  if (directory && !host) return { port, certificate: { directory } };
  const [service, namespace] = host?.split('.') ?? [];
  if (directory || !service || !namespace) return 'unclear';
  return { port, certificate: { service, namespace } };
}

function parsePort(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535)
    throw new InvalidArgumentError('Expected a port from 0 to 65535.');
  return Number(value);
}

function parseService(value: string): string {
  if (!/^[a-z0-9-]{1,63}\.[a-z0-9-]{1,63}\.svc$/.test(value))
    throw new InvalidArgumentError('Expected <service>.<namespace>.svc, e.g. ddc-webhook.ddc.svc.');
  return value;
}
