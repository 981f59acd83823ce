import { IP_PROTOCOL, TCP_FLAG, type AddressRange } from "@flowlens/flow";
import type { StoreClient } from "../client/store-client.ts";
import { addressFromStore, inRanges } from "./address-sql.ts";

export interface ImportHosts {
  /** Share of the import's conversations that an internal address takes part in, 0–1; 0 where it has none. */
  readonly internalShare: number;
  /** Hosts whose conversations are at least `minShare` of all that were attempted, most first. */
  readonly busiest: readonly string[];
}

export interface ImportHostsQuestion {
  readonly importId: number;
  readonly internalRanges: readonly AddressRange[];
  /** 0–1. */
  readonly minShare: number;
}

/**
 * Whose traffic an import holds, counted on its raw rows. A conversation is an unordered 5-tuple of which both
 * sides sent something else than resets, so that a scanner has none; where an import shows one direction only,
 * every 5-tuple is one.
 */
export async function importHosts(client: StoreClient, question: ImportHostsQuestion): Promise<ImportHosts> {
  const params = { import: question.importId, share: question.minShare };
  const row = await client.row<{ conversations: string; internal: string; busiest: string[] }>({
    name: "hosts of an import",
    sql: `
WITH tuples AS (
  SELECT lo.1 AS lo_addr, hi.1 AS hi_addr, groupBitOr(speaks) AS sides
  FROM (
    SELECT ip_protocol,
      if(ip_protocol IN (${IP_PROTOCOL.icmp}, ${IP_PROTOCOL.icmpv6}), 0, 1) AS has_ports,
      (src_addr, src_port * has_ports) AS source, (dst_addr, dst_port * has_ports) AS destination,
      least(source, destination) AS lo, greatest(source, destination) AS hi,
      if(ip_protocol = ${IP_PROTOCOL.tcp} AND bitAnd(tcp_flags, ${TCP_FLAG.rst}) != 0 AND bitAnd(tcp_flags, ${TCP_FLAG.syn | TCP_FLAG.psh | TCP_FLAG.fin}) = 0,
        0, if(source = lo, 1, 2)) AS speaks
    FROM flows WHERE import_id = {import:UInt32}
  )
  GROUP BY lo, hi, ip_protocol
),
pairs AS (
  SELECT lo_addr, hi_addr, countIf(sides = 3) AS two_way, count() AS seen FROM tuples GROUP BY lo_addr, hi_addr
),
totals AS (SELECT sum(two_way) AS all_two_way, sum(seen) AS all_seen FROM pairs),
counted AS (
  SELECT lo_addr, hi_addr, if((SELECT all_two_way FROM totals) > 0, two_way, seen) AS conversations FROM pairs
),
total AS (SELECT sum(conversations) AS n FROM counted),
attempts AS (SELECT all_seen AS n FROM totals)
SELECT
  (SELECT n FROM total) AS conversations,
  (SELECT sumIf(conversations, ${inRanges("lo_addr", question.internalRanges)} OR ${inRanges("hi_addr", question.internalRanges)}) FROM counted) AS internal,
  (SELECT groupArray(toString(host)) FROM (
    SELECT arrayJoin(arrayDistinct([lo_addr, hi_addr])) AS host, sum(conversations) AS own
    FROM counted GROUP BY host HAVING own > 0 AND own >= {share:Float64} * (SELECT n FROM attempts) ORDER BY own DESC, host
  )) AS busiest`,
    params,
  });
  const conversations = Number(row.conversations);
  return {
    internalShare: conversations === 0 ? 0 : Number(row.internal) / conversations,
    busiest: row.busiest.map(addressFromStore),
  };
}
