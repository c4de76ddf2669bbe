import type { Command } from './process.ts';
import type { ProgramName } from './programs.ts';

export const SERVER_NAMES = ['temporal', 'kubernetes', 's3', 'minio', 'vault'] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

/** What a transfer needs; the others are for tests of what differs between stores. */
export const USUAL_SERVERS: readonly ServerName[] = ['temporal', 'kubernetes', 's3'];

/** Which ports each server listens on, all on 127.0.0.1. */
export const SERVER_PORTS = {
  temporal: ['grpc', 'ui', 'http', 'metrics'],
  kubernetes: ['api', 'etcd', 'etcdPeer'],
  s3: ['s3'],
  minio: ['minio'],
  vault: ['vault'],
} as const satisfies Record<ServerName, readonly string[]>;

type PortName = (typeof SERVER_PORTS)[ServerName][number];

export const SERVER_PROGRAMS = {
  temporal: ['temporal'],
  kubernetes: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'],
  s3: ['versitygw'],
  minio: ['minio'],
  vault: ['vault'],
} as const satisfies Record<ServerName, readonly ProgramName[]>;

/** One process of a server; also the name to kill and restart it by. */
export type ProcessName =
  'temporal' | 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'versitygw' | 'minio' | 'vault';

export interface ProcessPlan {
  name: ProcessName;
  command: Command;
  /** Rejects while the process does not serve yet. */
  probe(signal: AbortSignal): Promise<void>;
  /** How long it may take to serve, milliseconds. */
  readyWithinMs: number;
}

/** What starting one server means, decided before any process is started. */
export interface ServerPlan {
  /** In starting order: each serves before the next one starts. */
  processes: ProcessPlan[];
  /** For the programs that use the server. */
  environment: Record<string, string>;
}

export interface PlanInput {
  /** State of this server; exists. */
  dir: string;
  port: (name: PortName) => number;
  /** Its path. */
  program: (name: ProgramName) => string;
}
