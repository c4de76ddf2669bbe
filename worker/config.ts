import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { GivenSecretSettings } from '../activities/secrets/settings.ts';
import type { WorkerLimits } from '../activities/batch/limits.ts';
import { regionProblem } from '../operator/api/checks/region.ts';
import { parseSize } from '../operator/api/checks/size.ts';
import { DEFAULT_TASK_QUEUE, regionalTaskQueue } from '../workflows/contract.ts';
import { withSecretOptions } from './secret-options.ts';

export interface WorkerConfig extends GivenSecretSettings {
  kubeconfig?: string;
  temporalAddress: string;
  temporalNamespace: string;
  /** That of the region, where there is one. */
  taskQueue: string;
  region?: string;
  scratchDir: string;
  /** Bytes; absent = half of what is free when the worker starts. */
  scratchLimit?: number;
  /** Bytes. */
  memoryLimit: number;
  /** Engine processes: as many as asked for, but no more than the memory is enough for. */
  parallelChunks: number;
  /** Bytes. */
  chunkBytes: number;
  receiptPrefix?: string;
  receiptKeyFile?: string;
  /** Seconds. */
  storeTimeout: number;
  /** Bytes a second; absent = no limit. */
  bandwidthLimit?: number;
  /** Requests a second; absent = no limit. */
  requestLimit?: number;
  logLevel: string;
}

const CHUNK_MEMORY = 400 * 2 ** 20;
/** A size as Kubernetes writes it: `512Mi`, `2G`, `1000000`. */
export function parseBytes(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined) throw new InvalidArgumentError('Expected a size like 512Mi, 2G or 1000000.');
  return bytes;
}

function parseBandwidth(text: string): number {
  const bytes = parseBytes(text);
  if (bytes === 0) throw new InvalidArgumentError('Expected at least 1 byte a second.');
  return bytes;
}

/** Empty: none. */
function parseRegion(text: string): string {
  const problem = text === '' ? undefined : regionProblem(text);
  if (problem !== undefined) throw new InvalidArgumentError(problem);
  return text;
}

export function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('Expected a whole number from 1.');
  return value;
}

/** Settings by flag or environment; `--help` lists them. Exits on `--help` and on bad values. */
export function readWorkerConfig(argv: string[]): WorkerConfig {
  const option = (flags: string, text: string, variable: string): Option =>
    new Option(flags, text).env(variable);
  const program = withSecretOptions(new Command('worker'))
    .description('Runs the activities of DDC: copies data between stores. Start as many as needed.')
    .addOption(
      option(
        '--kubeconfig <files>',
        'Kubernetes configuration; without it the one of the cluster it runs in',
        'KUBECONFIG',
      ),
    )
    .addOption(
      option('--temporal-address <host:port>', 'Temporal frontend', 'DDC_TEMPORAL_ADDRESS').default(
        '127.0.0.1:7233',
      ),
    )
    .addOption(
      option('--temporal-namespace <name>', 'Temporal namespace', 'DDC_TEMPORAL_NAMESPACE').default(
        'default',
      ),
    )
    .addOption(
      option('--task-queue <name>', 'task queue to take work from', 'DDC_TASK_QUEUE').default(
        DEFAULT_TASK_QUEUE,
      ),
    )
    .addOption(
      option(
        '--region <name>',
        'region of this worker: it takes work from <task queue>.<region>, and only work of its region',
        'DDC_REGION',
      ).argParser(parseRegion),
    )
    .addOption(
      option('--scratch-dir <path>', 'directory for chunks in work', 'DDC_SCRATCH_DIR').default(
        join(tmpdir(), 'ddc-scratch'),
      ),
    )
    .addOption(
      option(
        '--scratch-limit <size>',
        'space that this worker may use of the scratch directory (default: half of what is free there when it starts)',
        'DDC_SCRATCH_LIMIT',
      ).argParser(parseBytes),
    )
    .addOption(
      option(
        '--memory-limit <size>',
        'memory of worker and engine processes together (default: 512Mi for each parallel chunk, at least 1Gi)',
        'DDC_MEMORY_LIMIT',
      ).argParser(parseBytes),
    )
    .addOption(
      option(
        '--parallel-chunks <count>',
        'engine processes, one core each; fewer where the memory limit asks for it',
        'DDC_PARALLEL_CHUNKS',
      )
        .argParser(parseCount)
        .default(availableParallelism(), 'number of cores'),
    )
    .addOption(
      option('--chunk-bytes <size>', 'source bytes per chunk', 'DDC_CHUNK_BYTES')
        .argParser(parseBytes)
        .default(64 * 2 ** 20, '64Mi'),
    )
    .addOption(
      option(
        '--receipt-prefix <prefix>',
        "begin of the keys of receipts, in each destination's bucket, where the resource names none; without it none are written then",
        'DDC_RECEIPT_PREFIX',
      ),
    )
    .addOption(
      option(
        '--receipt-key-file <file>',
        'Ed25519 private key in PEM that signs receipts, made by `ddc receipt key generate`; without it they are not signed',
        'DDC_RECEIPT_KEY_FILE',
      ),
    )
    .addOption(
      option(
        '--store-timeout <seconds>',
        'without any byte from a store until a request has failed, and is tried again',
        'DDC_STORE_TIMEOUT',
      )
        .argParser(parseCount)
        .default(60),
    )
    .addOption(
      option(
        '--bandwidth-limit <size>',
        'bytes a second that this worker reads from stores and writes to them, together (default: no limit)',
        'DDC_BANDWIDTH_LIMIT',
      ).argParser(parseBandwidth),
    )
    .addOption(
      option(
        '--request-limit <count>',
        'requests a second that this worker makes to stores (default: no limit)',
        'DDC_REQUEST_LIMIT',
      ).argParser(parseCount),
    )
    .addOption(
      option('--log-level <level>', 'trace, debug, info, warn, error', 'DDC_LOG_LEVEL').default('info'),
    )
    .parse(argv);
  const {
    memoryLimit: given,
    region: named,
    ...rest
  } = program.opts<Omit<WorkerConfig, 'memoryLimit'> & { memoryLimit?: number }>();
  const memoryLimit = given ?? Math.max(2 ** 30, rest.parallelChunks * 2 ** 29);
  const region = named === '' ? undefined : named;
  const taskQueue = regionalTaskQueue(rest.taskQueue, region);
  return {
    ...rest,
    ...(region !== undefined && { region }),
    taskQueue,
    memoryLimit,
    parallelChunks: affordableChunks(rest.parallelChunks, memoryLimit),
  };
}

/** What the stores' clients are told of the limits; see activities/batch/limits.ts. */
export function workerLimits(
  config: Pick<WorkerConfig, 'bandwidthLimit' | 'requestLimit' | 'parallelChunks'>,
): WorkerLimits {
  const { bandwidthLimit, requestLimit, parallelChunks } = config;
  return {
    ...(bandwidthLimit === undefined ? {} : { bytesPerSecond: bandwidthLimit }),
    ...(requestLimit === undefined ? {} : { requestsPerSecond: requestLimit }),
    processes: parallelChunks,
  };
}

/** A chunk in work needs some 400 MB, the worker's share included; one is always possible, if slowly. */
export function affordableChunks(wanted: number, memoryLimit: number): number {
  return Math.max(1, Math.min(wanted, Math.floor(memoryLimit / CHUNK_MEMORY)));
}
