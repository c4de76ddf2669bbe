import { BUCKET, type Access } from '../store.ts';

/** Another program that does the same copy, in a process of its own. */
export interface Peer {
  name: string;
  /** How many times faster this project is to be. */
  aim: number;
  /** Fetches what it needs, with visible progress. Resolves with how one copy is made, from start to end of the process. */
  prepare(): Promise<(copy: PeerCopy) => Promise<void>>;
}

export interface PeerCopy {
  access: Access;
  /** Key of the CSV. */
  source: string;
  /** Prefix for the result, without a slash at the end. */
  target: string;
  /** For its own files; empty. */
  directory: string;
}

export const bucketPath = (key: string): string => `${BUCKET}/${key}`;

/** The peer's process: the usual environment, and the keys of the store. */
export function peerEnvironment(
  { access, directory }: PeerCopy,
  packages: string,
  more: Record<string, string> = {},
): Record<string, string> {
  return {
    ...(process.env['JAVA_HOME'] === undefined ? {} : { JAVA_HOME: process.env['JAVA_HOME'] }),
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    TMPDIR: directory,
    PYTHONPATH: packages,
    AWS_ACCESS_KEY_ID: access.accessKey,
    AWS_SECRET_ACCESS_KEY: access.secretKey,
    AWS_DEFAULT_REGION: 'us-east-1',
    ...more,
  };
}
