import { isIn, networksOf, parseNetwork } from './networks.ts';

/** Where machines are told their own credentials: nothing that a transfer names may lead there. */
const NETWORKS = [
  // link-local, with the metadata services of most clouds at 169.254.169.254
  '169.254.0.0/16',
  'fe80::/10',
  // metadata: AWS and GCP by IPv6, Alibaba, Oracle, Azure's wire server
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
];
const NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'instance-data',
  'instance-data.ec2.internal',
]);

const REFUSED = networksOf(NETWORKS.map((text) => parseNetwork(text)!));

/** Whether nothing may be sent to an address. @param exceptions as in EgressRules */
export function isRefusedAddress(address: string, exceptions: readonly string[] = []): boolean {
  if (!isIn(REFUSED, address)) return false;
  const networks = exceptions.map(parseNetwork).filter((network) => network !== undefined);
  return !isIn(networksOf(networks), address);
}

/** The same of a name, in the form of `plainHost`. */
export function isRefusedName(host: string, exceptions: readonly string[] = []): boolean {
  return NAMES.has(host) && !exceptions.some((exception) => exception.toLowerCase() === host);
}
