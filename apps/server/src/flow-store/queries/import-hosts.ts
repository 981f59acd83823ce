import { IP_PROTOCOL, type AddressRange } from "@flowlens/flow";
import type { StoreClient } from "../client/store-client.ts";
import { addressFromStore, inRanges } from "./address-sql.ts";

export interface ImportHosts {
  /** Share of the import's conversations that an internal address takes part in, 0–1; 0 where it has no rows. */
  readonly internalShare: number;
  /** Hosts that take part in at least `minShare` of its conversations, most first. */
  readonly busiest: readonly string[];
}

export interface ImportHostsQuestion {
  readonly importId: number;
  readonly internalRanges: readonly AddressRange[];
  /** 0–1. */
  readonly minShare: number;
}

/**
 * Whose traffic an import holds, counted on its raw rows: conversations are unordered 5-tuples, answered or not
 * (estimated within 1 % where there are many; the same rows always give the same).
 */
export async function importHosts(client: StoreClient, question: ImportHostsQuestion): Promise<ImportHosts> {
  const isIcmp = `ip_protocol IN (${IP_PROTOCOL.icmp}, ${IP_PROTOCOL.icmpv6})`;
  const tuple = `cityHash64(
    least((src_addr, if(${isIcmp}, 0, src_port)), (dst_addr, if(${isIcmp}, 0, dst_port))),
    greatest((src_addr, if(${isIcmp}, 0, src_port)), (dst_addr, if(${isIcmp}, 0, dst_port))),
    ip_protocol)`;
  const internal = `${inRanges("src_addr", question.internalRanges)} OR ${inRanges("dst_addr", question.internalRanges)}`;
  const params = { import: question.importId, share: question.minShare };
  const totals = await client.row<{ conversations: string; internal: string }>({
    name: "conversations of an import",
    sql: `SELECT uniq(${tuple}) AS conversations, uniqIf(${tuple}, ${internal}) AS internal FROM flows WHERE import_id = {import:UInt32}`,
    params,
  });
  const conversations = Number(totals.conversations);
  if (conversations === 0) return { internalShare: 0, busiest: [] };
  const rows = await client.rows<{ address: string }>({
    name: "busiest hosts of an import",
    sql: `
SELECT toString(host) AS address
FROM (
  SELECT arrayJoin([src_addr, dst_addr]) AS host, ${tuple} AS conversation
  FROM flows WHERE import_id = {import:UInt32}
)
GROUP BY host
HAVING uniq(conversation) >= {share:Float64} * ${conversations}
ORDER BY uniq(conversation) DESC, host`,
    params,
  });
  return {
    internalShare: Number(totals.internal) / conversations,
    busiest: rows.map((row) => addressFromStore(row.address)),
  };
}
