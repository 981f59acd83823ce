/**
 * One handler a protocol, and which of them a datagram belongs to.
 * Not here: the wire of a protocol (netflow5/, netflow9/, ipfix/, sflow/), what is known of an exporter (export/).
 */
import type { ExportProtocol } from "../export-datagram.ts";
import type { TemplateTable } from "../../templates/index.ts";
import { createIpfixHandler } from "./ipfix.ts";
import { createNetflow5Handler } from "./netflow5.ts";
import { createNetflow9Handler } from "./netflow9.ts";
import type { ProtocolHandler } from "./protocol-handler.ts";
import { createSflow5Handler } from "./sflow.ts";

/** Versions that are known by name and not decoded. */
export const UNSUPPORTED_VERSIONS: readonly number[] = [1, 7, 8];

/** The handlers of one decoder. */
export function createProtocolHandlers(
  templates: TemplateTable,
): Readonly<Record<ExportProtocol, ProtocolHandler>> {
  return {
    netflow5: createNetflow5Handler(),
    netflow9: createNetflow9Handler(templates),
    ipfix: createIpfixHandler(templates),
    sflow5: createSflow5Handler(),
  };
}

/** The protocol that bytes[start, end), at least 2 bytes, claim to be; undefined where it is none that we know. */
export function protocolOf(bytes: Uint8Array, start: number, end: number): ExportProtocol | undefined {
  switch ((bytes[start] << 8) | bytes[start + 1]) {
    case 5:
      return "netflow5";
    case 9:
      return "netflow9";
    case 10:
      return "ipfix";
    case 0:
      return end - start >= 4 && bytes[start + 2] === 0 && bytes[start + 3] === 5 ? "sflow5" : undefined;
    default:
      return undefined;
  }
}
