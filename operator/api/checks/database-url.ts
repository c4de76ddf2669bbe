import { isHostName } from './host.ts';

export const JDBC_URL = /^jdbc:[a-z0-9]+:\/\//;

const MAX_PORT = 65_535;

/** What is wrong with host and port of a JDBC URL. The URL's beginning is the business of the rule with JDBC_URL. */
export function databaseUrlProblems(url: string): string[] {
  if (!JDBC_URL.test(url)) return [];
  const address = url.replace(JDBC_URL, '');
  const host = /^[^:/;]*/.exec(address)?.[0] ?? '';
  if (!isHostName(host)) return ['Invalid database host!'];
  const [, port] = /^:([^/;]*)/.exec(address.slice(host.length)) ?? [];
  if (port === undefined || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= MAX_PORT))
    return [];
  return [`Invalid database port! Expecting a number from 1 to ${MAX_PORT}`];
}
