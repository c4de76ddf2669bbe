import { isIP } from 'node:net';
import { isIn, networksOf, parseNetwork } from './networks.ts';
import { allowed, matchesAny } from './patterns.ts';
import { isRefusedAddress, isRefusedName } from './refused.ts';
import type { EgressRules } from './rules.ts';

const PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 };

/** Where a connection goes. */
export interface Target {
  /** A name without a dot at its end, or an address without brackets; URL has brought it into one spelling. */
  host: string;
  port: number;
}

/** @param url of http or https */
export function targetOf(url: string): Target {
  const { hostname, port, protocol } = new URL(url);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, ''),
    port: port === '' ? (PORTS[protocol] ?? 0) : Number(port),
  };
}

interface EndpointPattern {
  /** Of names; absent: a network. */
  host?: string;
  network?: ReturnType<typeof networksOf>;
  port?: number;
}

/** undefined when it is no pattern of an endpoint; see EgressRules. */
export function parseEndpointPattern(text: string): EndpointPattern | undefined {
  const whole = parseNetwork(text);
  if (whole) return { network: networksOf([whole]) };
  const [, inBrackets, bare = '', digits] = /^(?:\[([^\]]+)\]|([^[\]:\s]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (inBrackets === undefined && bare === '') return undefined;
  const port = digits === undefined ? {} : { port: Number(digits) };
  if (port.port !== undefined && (port.port < 1 || port.port > 65_535)) return undefined;
  const network = parseNetwork(inBrackets ?? bare);
  if (network) return { network: networksOf([network]), ...port };
  return inBrackets === undefined && /^[a-z0-9*._{}-]+$/i.test(bare)
    ? { host: bare.toLowerCase(), ...port }
    : undefined;
}

/**
 * Why nothing may be sent to a host, before its name is resolved; undefined when it may, or when its addresses decide
 * (`addressProblem`).
 */
export function hostProblem(rules: EgressRules, target: Target, listed: boolean): string | undefined {
  const { host, port } = target;
  if (isIP(host) !== 0) return addressProblem(rules, target, host, listed);
  if (isRefusedName(host, rules.exceptions)) return refusal(rules, host);
  if (!listed || rules.endpoints === undefined || isNamed(rules, target)) return undefined;
  const mayBeInNetwork = patternsAt(rules.endpoints, port).some(({ network }) => network !== undefined);
  return mayBeInNetwork ? undefined : unlisted(rules, `${host}:${port}`, rules.endpoints);
}

/**
 * Why nothing may be sent to one of a host's addresses.
 * @param listed whether the host must be one of `endpoints`: of stores it must
 */
export function addressProblem(
  rules: EgressRules,
  target: Target,
  address: string,
  listed: boolean,
): string | undefined {
  const { host, port } = target;
  const what = address === host ? host : `${host}, which is at ${address}`;
  if (isRefusedAddress(address, rules.exceptions)) return refusal(rules, what);
  if (!listed || rules.endpoints === undefined || isNamed(rules, target)) return undefined;
  const inNetwork = patternsAt(rules.endpoints, port).some(
    ({ network }) => network !== undefined && isIn(network, address),
  );
  return inNetwork ? undefined : unlisted(rules, `${what}, port ${port}`, rules.endpoints);
}

function isNamed({ endpoints = [], namespace }: EgressRules, { host, port }: Target): boolean {
  const names = patternsAt(endpoints, port).flatMap((pattern) => pattern.host ?? []);
  return isIP(host) === 0 && matchesAny(names, host, namespace);
}

function patternsAt(endpoints: readonly string[], port: number): EndpointPattern[] {
  return endpoints
    .map(parseEndpointPattern)
    .filter((pattern) => pattern !== undefined)
    .filter((pattern) => pattern.port === undefined || pattern.port === port);
}

const refusal = ({ namespace }: EgressRules, what: string): string =>
  `nothing is sent to ${what}: link-local addresses and metadata services are refused, unless the egress policy excepts them for namespace ${JSON.stringify(namespace)}`;

const unlisted = (rules: EgressRules, what: string, endpoints: readonly string[]): string =>
  `the egress policy does not let namespace ${JSON.stringify(rules.namespace)} reach ${what}; ${allowed(endpoints, rules)}`;
