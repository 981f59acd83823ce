/** Assets made up for measuring: every fifth a database, most unnamed, few confirmed, IPv4 and some IPv6. */
import pg from "pg";
import {
  RECORDED_AT_ONCE,
  type AssetObservation,
  type MetadataStore,
  type PostgresConnection,
} from "../../apps/server/src/metadata-store/index.ts";

/** When the first of them was first seen. */
export const FROM_MS = Date.UTC(2026, 1, 1);
const DAY_MS = 86_400_000;
const TYPES = ["server", "workstation", "workstation", "database", "unknown"];
const PORTS = [443, 22, 445, 5432, 3306];

/** Puts so many assets into the store; answers how many it took a second. */
export async function fillAssets(
  store: MetadataStore,
  count: number,
  connection: () => PostgresConnection,
): Promise<number> {
  const network = await store.networks.ensure("default");
  let recordingMs = 0;
  for (let from = 0; from < count; from += RECORDED_AT_ONCE) {
    const size = Math.min(RECORDED_AT_ONCE, count - from);
    const observations = Array.from({ length: size }, (_, i) => observation(from + i));
    const begunMs = performance.now();
    await store.assets.record(network.id, observations);
    recordingMs += performance.now() - begunMs;
  }
  await nameSome(connection());
  return count / (recordingMs / 1_000);
}

/** As people would: a quarter has a name, some a note, one in a hundred was confirmed. */
async function nameSome(connection: PostgresConnection): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  // A table that was never updated is denser than any in use.
  await client.query(`
    UPDATE assets SET last_seen = last_seen + interval '5 minutes', conversations = conversations + 31,
      bytes_in = bytes_in + 777, bytes_out = bytes_out + 999`);
  await client.query(`
    UPDATE assets SET name = CASE WHEN id % 1000 = 8 THEN '東京-' || id ELSE 'host-' || id END,
      notes = CASE WHEN id % 20 = 0 THEN 'rack ' || id % 40 || ', moved in March' ELSE '' END,
      classification_locked = id % 100 = 0
    WHERE id % 4 = 0`);
  await client.end();
}

function observation(i: number): AssetObservation {
  const type = TYPES[i % TYPES.length];
  const decision = {
    type,
    confidence: ((i * 37) % 1_001) / 1_000,
    method: type === "unknown" ? ("none" as const) : ("heuristic" as const),
  };
  const ports = Array.from({ length: 8 }, (_, k) => ({
    protocol: 6,
    port: PORTS[k % 5],
    clients: i % 50,
    conversations: i,
  }));
  return {
    address:
      i % 50 === 49
        ? `2001:db8::${(i >> 16).toString(16)}:${(i & 0xffff).toString(16)}`
        : `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
    internal: i % 20 !== 0,
    firstSeen: new Date(FROM_MS + ((i * 7_919) % DAY_MS)),
    lastSeen: new Date(FROM_MS + DAY_MS + ((i * 104_729) % DAY_MS)),
    conversations: (i * 7_919) % 1_000_003,
    bytesIn: (i * 104_729) % 1e9,
    bytesOut: (i * 1_299_709) % 1e9,
    clients: i % 97,
    servers: i % 311,
    servedEndpoints: [
      { protocol: 6, port: PORTS[i % 5], clients: i % 97 },
      { protocol: 6, port: i % 5 === 1 ? 8_080 : 22, clients: 3 },
      { protocol: 17, port: 1_024 + ((i * 7_919) % 60_000), clients: 1 },
    ],
    maxSamplingRate: 1,
    evidence: {
      periodFrom: new Date(FROM_MS),
      periodTo: new Date(FROM_MS + DAY_MS),
      counts: {
        inboundConversations: i,
        outboundConversations: i,
        topServedPorts: ports,
        topUsedPorts: ports,
      },
      vector: Array.from({ length: 24 }, (_, k) => (k === 14 ? null : Math.log1p(i * k))),
      featureVersion: "features.v1",
      reasons: ports.slice(0, 5).map(({ port }) => ({
        name: `server.serves_${port}`,
        direction: "for",
        effect: 0.2,
        sentence: `serves ${port}/tcp to 12 clients`,
      })),
      missing: [],
    },
    engine: { ...decision, runnerUp: { type: "server", confidence: 0.3 }, role: null, modelVersion: null },
    decision,
    challenger: null,
  };
}
