import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createPcapReader, isGzip, looksLikePcap } from "@flowlens/codec";
import { createPacketHeaders, hasIp, parsePacket, type PacketHeaders } from "@flowlens/packet";

/** A packet of a capture, kept so that it can be metered under several conditions. */
export interface CapturedPacket {
  readonly timestampMs: number;
  readonly originalLength: number;
  readonly bytes: Uint8Array;
  readonly headers: PacketHeaders;
}

export interface Capture {
  /** Path below the folder of captures. */
  readonly name: string;
  readonly packets: readonly CapturedPacket[];
}

/** All pcap and pcapng files below the folder whose path contains `only`, in the order of their names. */
export function captureFiles(folder: string, only = ""): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files
    .filter(
      (file) =>
        file.includes(only) &&
        /\.(pcap|pcapng|cap)(\.gz)?$/i.test(file) &&
        statSync(join(folder, file)).isFile(),
    )
    .sort();
}

/** The packets of one file; undefined when it is no capture after all. */
export function readCapture(folder: string, file: string): Capture | undefined {
  const path = join(folder, file);
  let content: Uint8Array = readFileSync(path);
  if (isGzip(content)) content = gunzipSync(content);
  if (!looksLikePcap(content)) return undefined;
  const packets: CapturedPacket[] = [];
  const reader = createPcapReader((bytes, start, capturedLength, originalLength, timestampMs, linkType) => {
    const copy = bytes.slice(start, start + capturedLength);
    const headers = createPacketHeaders();
    if (hasIp(parsePacket(copy, 0, copy.length, linkType, headers)))
      packets.push({ timestampMs, originalLength, bytes: copy, headers });
  });
  reader.push(content);
  reader.finish();
  return { name: file, packets };
}
