import { BlockList, isIP, SocketAddress } from "node:net";

/** The longest is a bracketed IPv6 address with a zone and a port; more than this is no address. */
const MAX_LENGTH = 100;

/** IPv6 addresses that carry an IPv4 address in their last 32 bits: mapped ones, and those of a NAT64 (RFC 6052). */
const carriesIpv4 = new BlockList();
carriesIpv4.addSubnet("::ffff:0:0", 96, "ipv6");
carriesIpv4.addSubnet("64:ff9b::", 96, "ipv6");

/**
 * The address in an entry of X-Forwarded-For. Proxies write it bare, with a port (Azure's gateway: `203.0.113.5:1000`),
 * in brackets, in quotes (RFC 7239), or with a zone; squid writes `unknown` for what it hides.
 * @returns the platform's canonical spelling, or null for what is no address
 */
export function parseAddress(entry: string): string | null {
  if (entry.length > MAX_LENGTH) return null;
  const text = entry.trim().replace(/^"(.*)"$/, "$1");
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1];
  const bare = bracketed ?? text.replace(/^([^:]+):\d{1,5}$/, "$1");
  // A zone names an interface of the proxy, and only an IPv6 address has one.
  const address = bare.includes(":") ? bare.replace(/%[\w.-]+$/, "") : bare;
  const version = isIP(address);
  if (version === 0 || (bracketed !== undefined && version !== 6)) return null;
  return new SocketAddress({ address, family: version === 6 ? "ipv6" : "ipv4" }).address;
}

/**
 * What attempts are counted by: an IPv4 address, or the /64 of an IPv6 one, since one household or server
 * has all of that.
 * @param address in the spelling of `parseAddress`
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const groups = groupsOf(address);
  if (carriesIpv4.check(address, "ipv6")) {
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join(".");
  }
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}

/** The eight numbers of an IPv6 address. A URL writes them all in hexadecimal, also a dotted end. */
function groupsOf(address: string): number[] {
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const numbers = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  if (tail === undefined) return numbers(head);
  const zeros = Array<number>(8 - numbers(head).length - numbers(tail).length).fill(0);
  return [...numbers(head), ...zeros, ...numbers(tail)];
}
