import { BlockList, isIP } from 'node:net';

/** An address with the number of its leading bits that count. */
interface Network {
  address: string;
  bits: number;
}

/** `10.0.0.0/8`, `fd00::/8`, or an address alone; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [, address = '', bits] = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0) return undefined;
  const most = family === 4 ? 32 : 128;
  const count = bits === undefined ? most : Number(bits);
  return count > most ? undefined : { address, bits: count };
}

/**
 * All these networks, IPv4 ones also where IPv6 addresses stand for them: mapped (which BlockList knows by itself), compatible,
 * translated (SIIT), by NAT64's well-known prefix, and 6to4.
 */
export function networksOf(networks: readonly Network[]): BlockList {
  const list = new BlockList();
  for (const { address, bits } of networks) {
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(address, bits, family);
    if (family === 'ipv6') continue;
    for (const prefix of ['::', '::ffff:0:', '64:ff9b::'])
      list.addSubnet(`${prefix}${address}`, 96 + bits, 'ipv6');
    const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
    list.addSubnet(`2002:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}::`, 16 + bits, 'ipv6');
  }
  return list;
}

/** @param address as resolvers give it, a zone at its end included; what is no address is in no network */
export function isIn(list: BlockList, address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  const family = isIP(plain);
  return family !== 0 && list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}
