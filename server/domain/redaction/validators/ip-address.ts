const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
const GROUP = /^[\da-f]{1,4}$/i;

/** An IPv4 address in dotted decimal (RFC 3986, 3.2.2) or an IPv6 address in any form of RFC 4291, 2.2. */
export const isIpAddress = (text: string): boolean => IPV4.test(text) || isIpv6(text);

function isIpv6(text: string): boolean {
  const tail = text.slice(text.lastIndexOf(':') + 1);
  const embedded = IPV4.test(tail);
  const plain = embedded ? `${text.slice(0, text.length - tail.length)}0:0` : text;
  const halves = plain.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => GROUP.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}
