/** Which addresses belong to the open internet, and which to this machine, this network or nobody. */
import { BlockList, isIP } from "node:net";

/** Special-purpose addresses by the IANA registries, IPv4 first; what of IPv6 is not 2000::/3 is special as a whole. */
const SPECIAL_V4 =
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4";
/** Teredo, ORCHID, documentation, 6to4: inside 2000::/3 and yet not public, or with an IPv4 address inside. */
const SPECIAL_V6 = "2001::/23 2001:db8::/32 2002::/16 3fff::/20";

const special = listOf(SPECIAL_V4, "ipv4");
const specialV6 = listOf(SPECIAL_V6, "ipv6");
const globalV6 = listOf("2000::/3", "ipv6");

/** Whether this literal address, of either family, may be connected to from the open internet. Anything else is refused. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address, "ipv4");
    case 6:
      return globalV6.check(address, "ipv6") && !specialV6.check(address, "ipv6");
    default:
      return false;
  }
}

function listOf(subnets: string, family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const subnet of subnets.split(" ")) {
    const [net = "", bits] = subnet.split("/");
    list.addSubnet(net, Number(bits), family);
  }
  return list;
}
