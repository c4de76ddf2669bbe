import type { Parked, Paused } from './contract/control.ts';
import type { FormatOptions } from './contract/formats.ts';
import type { TransferIdentity } from './contract/identity.ts';
import type { ColumnSchema, TechnicalMetadata } from './contract/metadata.ts';
import type { PlanReport } from './contract/plan-report.ts';
import type { ColumnChecksums, VerifiedSlice, WrittenReceipt } from './contract/receipt.ts';
import type { SecretReference } from './contract/secret.ts';

/**
 * The names and types that workflows, activities, operator, worker and CLI share; groups of types are beside it in
 * contract/. Imports nothing else, so that workflow code may import it.
 */

// ---------------------------------------------------------------- names in Temporal

export const WORKFLOW_TYPES = {
  batchTransfer: 'batchTransfer',
  deleteTransfer: 'deleteTransfer',
  planTransfer: 'planTransfer',
} as const;

export const QUERY_PROGRESS = 'progress';

/** All of type Keyword. */
export const SEARCH_ATTRIBUTES = [
  'DdcTransfer',
  'DdcNamespace',
  'DdcState',
  'DdcSource',
  'DdcDestination',
] as const;

export const DEFAULT_TASK_QUEUE = 'ddc';

/** The task queue of a region's workers: `<task queue>.<region>`; that of workers without a region is the plain one. */
export function regionalTaskQueue(taskQueue: string, region: string | undefined): string {
  return region === undefined ? taskQueue : `${taskQueue}.${region}`;
}

/** Workflow id of one run: `<kind>/<namespace>/<name>/<uid>/<generation>`. */
export function runWorkflowId(transfer: TransferIdentity): string {
  return `${transferWorkflowPrefix(transfer)}${transfer.generation}`;
}

/** Workflow id of a dry run: `<kind>/<namespace>/<name>/<uid>/plan/<generation>`. */
export function planWorkflowId(transfer: TransferIdentity): string {
  return `${transferWorkflowPrefix(transfer)}plan/${transfer.generation}`;
}

/** Workflow id of the removal of everything a transfer wrote. */
export function deleteWorkflowId(transfer: Omit<TransferIdentity, 'generation'>): string {
  return `${transferWorkflowPrefix(transfer)}delete`;
}

/** Id of the Temporal Schedule that starts a transfer's runs: `<kind>/<namespace>/<name>/<uid>/schedule`. */
export function scheduleId(transfer: Omit<TransferIdentity, 'generation'>): string {
  return `${transferWorkflowPrefix(transfer)}schedule`;
}

function transferWorkflowPrefix(transfer: Omit<TransferIdentity, 'generation'>): string {
  return `${transfer.kind}/${transfer.namespace}/${transfer.name}/${transfer.uid}/`;
}

// ---------------------------------------------------------------- transfer: what one resource asks for

/** Normalised: one spelling, defaults filled in, references to secrets instead of secrets. */
export interface Transfer extends TransferIdentity {
  source: Asset;
  destination: Asset;
  transformations: Transformation[];
  writeOperation: 'Overwrite' | 'Append' | 'Update';
  readDataType: 'LogData' | 'ChangeData';
  writeDataType: 'LogData' | 'ChangeData';
  /** How often a failed step is tried again before the run is fatal; 0..10. */
  maxFailedRetries: number;
  /** Absent: chunks. */
  verify?: Verification;
  /** Begin of the receipts' keys in the destination's bucket; absent = as the worker is told. */
  receiptPrefix?: string;
  /** How many generations of the data are kept, the latest included; absent = 1, and earlier ones are not looked for. */
  keepGenerations?: number;
  /** What the transfer may use of its stores; no limits when absent. */
  limits?: TransferLimits;
}

/** On one worker, of both stores together. */
export interface TransferLimits {
  bytesPerSecond?: number;
  requestsPerSecond?: number;
}

/** chunks: every chunk's result is read back before it is uploaded. full: also the published objects. */
type Verification = 'chunks' | 'full';

/** Later stores (kafka, database) join this union, told apart by `store`. */
export type Asset = S3Asset;

export interface S3Asset {
  store: 's3';
  /** URL with scheme, e.g. `https://s3.eu-de.cloud-object-storage.appdomain.cloud`. */
  endpoint: string;
  region?: string;
  /** Where requests name the bucket; absent = as the service at the endpoint wants it. */
  addressing?: 'path' | 'virtual';
  /** PEM; trusted besides the generally known authorities. Not secret. */
  caCertificate?: string;
  bucket: string;
  objectKey: string;
  /** As given; absent = by the key's extension, else by the content. */
  dataFormat?: string;
  /** Options of formats, as given in the blocks of the same names. */
  options?: FormatOptions;
  /** Of a source: what it must be; text is read as these types. Absent: as found. */
  schema?: ColumnSchema[];
  /** Of a destination: columns that divide the result into objects, in Hive's layout. */
  partitionBy?: string[];
  /** Of a destination: whether the data leaves out the partition columns, which the paths hold. */
  dropPartitionColumns?: boolean;
  /** Of a destination, bytes: a larger result is several objects. */
  maxObjectSize?: number;
  /** For people: status, events, Web UI. */
  description: string;
  /** Where the credentials are; absent = anonymous access. Never the credentials. */
  secret?: SecretReference;
}

export interface Transformation {
  /** The user's name for it; in messages. */
  name?: string;
  /** The registry's canonical name, e.g. `RedactColumns`. */
  action: string;
  columns: string[];
  /** Without those that may be secret. */
  options: Record<string, unknown>;
  /** Names of the options in the resource that may be secret, e.g. `['key']`; their values are behind `secret`. */
  secretOptions?: string[];
  /** Also of options that it refers to. */
  secret?: SecretReference;
}

// ---------------------------------------------------------------- a run and its activities

/** One execution of a batch transfer. */
export interface Run {
  transfer: Transfer;
  /** The workflow's first execution run id: names the run in object metadata and in the staging prefix. */
  runId: string;
  /** Counts the plans of a run from 0: a re-plan starts over beside the old plan's leftovers. */
  epoch: number;
  /** ISO 8601. */
  startedAt: string;
}

/** What an earlier attempt learned about the source that the next plan must respect. */
export interface PlanHints {
  /** Cut by scanning the whole object, not by assuming that the first newline after a cut ends a record. */
  exactCuts?: boolean;
  /** Column name -> engine type that holds values which contradicted the inferred type. */
  widen?: Record<string, string>;
  /** All that the source's format has seen of the values so far, in a form of its own, where types alone say too little. */
  seen?: unknown;
}

export interface Statistics {
  rowsRead: number;
  rowsWritten: number;
  bytesRead: number;
  bytesWritten: number;
}

/** What the workflow needs to know of a plan; the plan itself stays beside the data when the run has several chunks. */
export interface PlannedRun {
  chunks: number;
  /** Chunks per slice activity. */
  sliceSize: number;
  /** One chunk that becomes one object: copied and published in one step. Absent in early histories: one chunk is. */
  whole?: boolean;
  /** Whether anything lies beside the data that has to be cleaned up after the run. */
  staged: boolean;
  /** A small copy has been made while everything was at hand. */
  published?: PublishedRun;
  /** Where the run's receipt goes; absent = none is written. */
  receiptKey?: string;
  /** Opaque to workflows: where the plan is, or the plan itself when it is one chunk. */
  plan: unknown;
  source: TechnicalMetadata;
  destination: TechnicalMetadata;
  warnings: string[];
}

export interface WrittenObject {
  endpoint: string;
  bucket: string;
  /** With a `/` at the end: all objects below it that the transfer wrote. */
  key: string;
  /** Empty for a prefix. */
  etag: string;
  bytes: number;
}

/** Whether the credentials of an asset's store are those for the object, too. */
export function isAt(object: WrittenObject, asset: S3Asset): boolean {
  return object.endpoint === asset.endpoint && object.bucket === asset.bucket;
}

/** Data of an earlier run, kept beside the present one. */
export interface KeptGeneration {
  /** Of its keys, with a `/` at the end. */
  prefix: string;
  objects: number;
  bytes: number;
}

export interface PublishedRun {
  objects: WrittenObject[];
  /** Objects in all: one entry of `objects` may stand for all below a prefix. */
  objectCount: number;
  statistics: Statistics;
  /** Of what was written; absent for a copy byte for byte. */
  checksums?: ColumnChecksums;
}

export interface SliceInput {
  run: Run;
  plan: unknown;
  /** Chunks [from, to). */
  from: number;
  to: number;
}

/** Heartbeat details of a slice: a hint for progress; the ledger at the destination is the truth. */
export interface SliceHeartbeat extends Statistics {
  /** One character a chunk of the slice: `1` done, `0` not. */
  bitmap: string;
}

export type SliceResult = Statistics;

/** How the published objects are read back. */
export type PlannedVerification = Pick<PlannedRun, 'chunks' | 'sliceSize' | 'plan'>;

export interface WriteReceiptInput extends Pick<PlannedRun, 'plan' | 'source' | 'destination'> {
  run: Run;
  key: string;
  published: PublishedRun;
  publishedAt: string;
}

export interface BatchActivities {
  /**
   * Looks at source and destination, cuts the work, opens the upload. Nothing becomes visible, unless a small copy may be made
   * at once (`mayCopy`).
   */
  plan(input: { run: Run; hints: PlanHints; mayCopy?: boolean }): Promise<PlannedRun>;
  /** What a run would do; nothing is written. */
  planReport(input: { run: Run }): Promise<PlanReport>;
  /** A run of one chunk, copied and published in one step. */
  copyWhole(input: { run: Run; plan: unknown }): Promise<PublishedRun>;
  copySlice(input: SliceInput): Promise<SliceResult>;
  publish(input: { run: Run; plan: unknown }): Promise<PublishedRun>;
  /** Looks at what was published: how to read it back. */
  planVerification(input: { run: Run; plan: unknown; published: PublishedRun }): Promise<PlannedVerification>;
  /** Reads a part of the published objects back. Of a copy byte for byte it is held against the source. */
  verifySlice(input: SliceInput): Promise<VerifiedSlice>;
  /** Brings back what was at the published keys before. Idempotent. */
  restore(input: { run: Run }): Promise<void>;
  /** Idempotent. */
  writeReceipt(input: WriteReceiptInput): Promise<WrittenReceipt>;
  /**
   * After publish: removes the ledger, what earlier runs left at other keys, and generations beyond those that are kept;
   * resolves with these where the transfer says how many.
   */
  cleanUp(input: {
    run: Run;
    published: WrittenObject[];
    replaced: WrittenObject[];
  }): Promise<KeptGeneration[] | undefined>;
  /**
   * Removes everything that is not visible: uploads, ledger. Idempotent. With the plan of a run whose copy may be visible
   * though nobody was told: resolves with that copy if it is, and leaves the rest to `cleanUp`. `planMayHaveCopied`: the same
   * for a plan that nobody was told of.
   */
  discard(input: {
    run: Run;
    plan?: unknown;
    planMayHaveCopied?: boolean;
  }): Promise<PublishedRun | undefined>;
  /** Removes what the transfer published, and what its runs may have left. Idempotent. */
  deleteData(input: DeleteTransferInput): Promise<DeletedData>;
}

export interface BatchTransferInput {
  transfer: Transfer;
  /**
   * What earlier runs of this transfer published (from the resource's status). Of a schedule's runs the first only: each
   * of the others gets the result of the one before from Temporal.
   */
  previous: WrittenObject[];
  /** Seconds for which a run that is Fatal keeps what it has done, and can be resumed; absent = it ends at once. */
  parkFor?: number;
  /** It begins paused, as `spec.paused` says. */
  paused?: boolean;
}

/** The resource has changed, and what its run copies has not. A generation that is known already changes nothing. */
export interface Revision {
  transfer: Transfer;
  /** As `spec.paused` says. */
  paused: boolean;
}

export interface DeleteTransferInput {
  transfer: Transfer;
  objects: WrittenObject[];
  /** How often it has failed already, when a long history was cut and the workflow continued as new. */
  failedBefore?: number;
}

export interface DeletedData {
  deleted: string[];
  /** What was left alone and why, e.g. an object that somebody else has replaced since. */
  kept: string[];
}

export type PlanTransferInput = Pick<BatchTransferInput, 'transfer'>;

/** Result of the workflow `batchTransfer`. */
export interface RunResult extends PublishedRun {
  startedAt: string;
  finishedAt: string;
  runId?: string;
  /** Absent in early histories. */
  chunks?: number;
  verified?: Verification;
  receipt?: WrittenReceipt;
  /** The newest first; absent where the transfer does not say how many to keep. */
  generations?: KeptGeneration[];
  durationSeconds: number;
  source: TechnicalMetadata;
  destination: TechnicalMetadata;
  warnings: string[];
}

// ---------------------------------------------------------------- progress and failures

export type RunPhase =
  'plan' | 'copy' | 'publish' | 'verify' | 'cleanUp' | 'discard' | 'delete' | 'parked' | 'done';

/** Answer of the query `progress`. */
export interface RunProgress {
  /** Failed = recovering, a retry is due; Fatal = will not work as it is. */
  state: 'Running' | 'Failed' | 'Succeeded' | 'Fatal' | 'Cancelled';
  phase: RunPhase;
  startedAt: string;
  chunksTotal: number;
  /** Of finished slices; running slices report theirs in heartbeats. */
  chunksDone: number;
  statistics: Statistics;
  failure?: RunFailure;
  /** While it is Fatal and may be resumed. */
  parked?: Parked;
  /** No further chunk is begun. */
  paused?: Paused;
  source?: TechnicalMetadata;
  destination?: TechnicalMetadata;
  warnings: string[];
}

export interface RunFailure {
  code: string;
  message: string;
  /** 1 for the first retry. */
  attempt: number;
  /** 0 = no limit. */
  maxAttempts: number;
  /** ISO 8601; absent when there will be none. */
  nextRetryTime?: string;
}

/**
 * What to do about an error. `fatal`: needs a person. `retry`: with back-off, counted against
 * maxFailedRetries. `replan`: the plan no longer fits the source. Decided by type in activities/failures.ts.
 */
export type FailureClass = 'fatal' | 'retry' | 'replan';

/** First element of an ApplicationFailure's details; its `type` is the error's code. */
export interface FailureDetails {
  class: FailureClass;
  /** The step had passed its point of no return: what it writes may be visible, so that it is not cancelled any more. */
  committed?: boolean;
  retryAfterMs?: number;
  hints?: PlanHints;
  /** What a slice had finished. */
  finished?: SliceHeartbeat;
}
