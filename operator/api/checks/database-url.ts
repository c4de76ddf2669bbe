import { isHostName } from './host.ts';

export const JDBC_URL = /^jdbc:[a-z0-9]+:\/\//;

/** What is wrong with the host of a JDBC URL. The URL's beginning is the business of the rule with JDBC_URL. */
export function databaseUrlProblems(url: string): string[] {
  if (!JDBC_URL.test(url)) return [];
  const host = /^[^:/;]*/.exec(url.replace(JDBC_URL, ''))?.[0] ?? '';
  return isHostName(host) ? [] : ['Invalid database host!'];
}
