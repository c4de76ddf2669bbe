import { hostPortProblems } from './host.ts';

/** What is wrong with a list of brokers, `host:port,host:port`. */
export function brokersProblems(brokers: string): string[] {
  if (brokers.includes('@'))
    return ['Could not parse kafka brokers! They must not hold credentials; put them into user and password'];
  return brokers.split(',').flatMap((entry, position) => {
    const broker = entry.trim();
    return hostPortProblems(broker).map(
      (problem) => `Invalid broker at position ${position} (${broker.slice(0, 100)}) ${problem}`,
    );
  });
}

/** What is wrong with the URL of a schema registry; it needs an explicit port. */
export function registryProblems(url: string): string[] {
  const authority = /^https?:\/\/(?<authority>[^/?#]*)/i.exec(url)?.groups?.['authority'];
  if (authority === undefined)
    return ['Could not parse url! Expecting http://host:port or https://host:port'];
  if (url.includes('@'))
    return ['Invalid host: the URL must not hold credentials; put them into user and password'];
  return hostPortProblems(authority).map((problem) => `Invalid host: ${problem}`);
}
