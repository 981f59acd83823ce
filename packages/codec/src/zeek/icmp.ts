/**
 * Zeek's ports of an ICMP conversation: the type, then the type of the answer where the message has one, else the
 * code (Zeek, `ICMP4_counterpart` and `ICMP6_counterpart`).
 */
const ANSWER_V4: ReadonlyMap<number, number> = new Map([
  [8, 0],
  [0, 8],
  [13, 14],
  [14, 13],
  [15, 16],
  [16, 15],
  [17, 18],
  [18, 17],
  [10, 9],
  [9, 10],
]);

const ANSWER_V6: ReadonlyMap<number, number> = new Map([
  [128, 129],
  [129, 128],
  [133, 134],
  [134, 133],
  [135, 136],
  [136, 135],
  [130, 131],
  [131, 130],
  [139, 140],
  [140, 139],
  [144, 145],
  [145, 144],
]);

/** type × 256 + code of the originator's messages. */
export function icmpOfOriginator(isIpv6: boolean, origPort: number, respPort: number): number {
  const isAnswered = (isIpv6 ? ANSWER_V6 : ANSWER_V4).get(origPort) === respPort;
  return ((origPort & 0xff) << 8) | (isAnswered ? 0 : respPort & 0xff);
}

/** type × 256 + code of the responder's messages; the originator's own where the message has no answer. */
export function icmpOfResponder(isIpv6: boolean, origPort: number, respPort: number): number {
  const isAnswered = (isIpv6 ? ANSWER_V6 : ANSWER_V4).get(origPort) === respPort;
  return isAnswered ? (respPort & 0xff) << 8 : icmpOfOriginator(isIpv6, origPort, respPort);
}
