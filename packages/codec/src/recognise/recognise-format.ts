import { recogniseExportDatagram } from "../export/index.ts";
import { looksLikePcap } from "../pcap/index.ts";
import { foreignMagic } from "./magic.ts";
import type { Recognition } from "./recognised-format.ts";
import { looksLikeText, recogniseText } from "./text-format.ts";

const PCAPNG_FIRST_BYTE = 0x0a;

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
  switch (recogniseExportDatagram(head, 0, head.length)) {
    case "netflow9":
      return { unknown: "it is a NetFlow v9 datagram, which is not read yet." };
    case "ipfix":
      return { unknown: "it holds IPFIX messages, which are not read yet." };
    case "sflow5":
      return { unknown: "it is an sFlow v5 datagram, which is not read yet." };
    default:
      return {
        unknown: `it is none of the formats FlowLens reads (pcap, pcapng, Zeek conn.log, CSV, NetFlow v5); it begins with ${beginning(head)}.`,
      };
  }
}

function beginning(head: Uint8Array): string {
  return Array.from(head.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
