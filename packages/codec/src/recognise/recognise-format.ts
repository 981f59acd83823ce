import { looksLikePcap } from "../pcap/index.ts";
import { foreignMagic } from "./magic.ts";
import type { Recognition } from "./recognised-format.ts";
import { looksLikeText, recogniseText } from "./text-format.ts";

const PCAPNG_FIRST_BYTE = 0x0a;
const NETFLOW9_HEADER_BYTES = 20;
const IPFIX_HEADER_BYTES = 16;

/**
 * Tells a file's format by its first bytes, of decompressed content, never by its name. 64 KiB are plenty; the more of
 * the header of a log is in `head`, the surer. What is recognised and not read is refused by its name.
 */
export function recogniseFormat(head: Uint8Array): Recognition {
  if (head.length === 0) return { unknown: "it is empty." };
  if (looksLikePcap(head)) return { format: head[0] === PCAPNG_FIRST_BYTE ? "pcapng" : "pcap" };
  const foreign = foreignMagic(head);
  if (foreign !== undefined) return { unknown: `${foreign}.` };
  if (looksLikeText(head)) return recogniseText(head);
  return recogniseDatagram(head);
}

/** A file that is the payload of an export datagram, as tools save them. */
function recogniseDatagram(head: Uint8Array): Recognition {
  // A v5 datagram whose count lies is still one: its whole records are read and the lie is counted.
  if (head[0] === 0 && head[1] === 5) return { format: "netflow5-datagram" };
  if (beginsAsSflow5(head)) return { format: "sflow5-datagram" };
  // The same for v9 without a count, and for IPFIX that was cut off.
  if (head[0] === 0 && head[1] === 9 && head.length >= NETFLOW9_HEADER_BYTES) {
    return { format: "netflow9-datagram" };
  }
  if (beginsAsIpfix(head)) return { format: "ipfix-messages" };
  return {
    unknown: `it is none of the formats FlowLens reads (pcap, pcapng, Zeek conn.log, VPC flow logs, nfdump's CSV, CSV, NetFlow v5 and v9, IPFIX, sFlow v5); it begins with ${beginning(head)}.`,
  };
}

/** Version 10 and a length that holds its own header (RFC 7011 §3.1). */
function beginsAsIpfix(head: Uint8Array): boolean {
  if (head.length < IPFIX_HEADER_BYTES || head[0] !== 0 || head[1] !== 10) return false;
  return ((head[2] << 8) | head[3]) >= IPFIX_HEADER_BYTES;
}

/** Version 5 and the type of the agent's address (unknown, IPv4, IPv6), a word each. */
function beginsAsSflow5(head: Uint8Array): boolean {
  if (head.length < 8 || head[3] !== 5 || head[7] > 2) return false;
  return [0, 1, 2, 4, 5, 6].every((at) => head[at] === 0);
}

function beginning(head: Uint8Array): string {
  return Array.from(head.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
