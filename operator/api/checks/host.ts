import { isIPv6 } from 'node:net';

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const MAX_PORT = 65_535;

const HOST_PROBLEM =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com')";

/** RFC 1123 subdomain (IPv4 addresses are such), in any case. */
export function isHostName(host: string): boolean {
  return (
    host.length <= 253 &&
    host
      .toLowerCase()
      .split('.')
      .every((label) => DNS_LABEL.test(label))
  );
}

/** What is wrong with `host:port` (IPv6 hosts in brackets), in the words of earlier versions of the API. */
export function hostPortProblems(hostPort: string): string[] {
  const match = /^(?:\[(?<ipv6>[^\]]*)\]|(?<host>[^:]*)):(?<port>.*)$/.exec(hostPort);
  if (match?.groups === undefined) {
    const tooMany = hostPort.split(':').length > 2;
    return [`address ${hostPort}: ${tooMany ? 'too many colons in address' : 'missing port in address'}`];
  }
  const { ipv6, host = '', port = '' } = match.groups;
  const problems: string[] = [];
  if (ipv6 === undefined ? !isHostName(host) : !isIPv6(ipv6)) problems.push(HOST_PROBLEM);
  if (!/^\d+$/.test(port)) problems.push(`Could not parse port ${port} as an integer`);
  else if (Number(port) < 1 || Number(port) > MAX_PORT)
    problems.push(`Port must be between 1 and ${MAX_PORT}, inclusive`);
  return problems;
}
