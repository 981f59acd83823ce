import type { FlowBatch } from "@flowlens/flow";
import { createStoreClient, type StoreConnection } from "../client/store-client.ts";
import { createFlowInserter } from "../insert/flow-inserter.ts";
import { loadNumbers } from "../numbers.ts";
import { migrate } from "../schema/migrate.ts";
import type { FoldChunk } from "./chunk.ts";
import { createFold } from "./create-fold.ts";
import { evidenceNames, type EvidenceName } from "./orientation/evidence.ts";
import { orientedConversations } from "./sql/aggregates.ts";
import type { StageTables } from "./stage-tables.ts";

/** A TCP conversation of one window as the fold oriented it, before it drops the client's port. Addresses are text. */
export interface OrientedConversation {
  readonly networkId: number;
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  readonly serverPort: number;
  /** Hundredths of log-odds for the server. */
  readonly certainty: number;
  readonly evidence: readonly EvidenceName[];
}

/** Measures orientation in a database of its own, with the statements of the fold itself. */
export interface OrientationProbe {
  insert(batch: FlowBatch, networkId: number): Promise<void>;
  /** Folds everything anew, from an empty memory, and gives every TCP conversation. Networks do not see each other. */
  orient(options: { readonly knownPorts: boolean }): Promise<OrientedConversation[]>;
  /** Empties the database. */
  clear(): Promise<void>;
  /** Drops the database. */
  close(): Promise<void>;
}

type Row = [
  networkId: number,
  client: string,
  clientPort: number,
  server: string,
  serverPort: number,
  certainty: number,
  kinds: number,
];

export async function openOrientationProbe(
  connection: Omit<StoreConnection, "database">,
  database: string,
): Promise<OrientationProbe> {
  const outside = createStoreClient(() => ({ ...connection, database: "default" }));
  const client = createStoreClient(() => ({ ...connection, database }));
  const command = (name: string, sql: string) => client.command({ name, sql, idempotent: true });
  await outside.command({ name: "make the database", sql: `CREATE DATABASE ${database}` });
  await migrate(client);
  const numbers = await loadNumbers(client);
  const inserter = createFlowInserter({ client, numbers, timesForgotten: () => 0, giveUpAfterMs: 10_000 });
  const forget = async (tables: readonly string[]) => {
    for (const table of tables) await command(`empty ${table}`, `TRUNCATE TABLE ${table}`);
  };
  const folded = ["aggregates", "folds", "fold_cycles", "served_endpoints"];
  let inserted = 0;
  return {
    async insert(batch, networkId) {
      await inserter.insertFlows(batch, {
        networkId,
        importId: 0,
        token: String(++inserted),
        receivedAtMs: Date.now(),
      });
    },
    async orient({ knownPorts }) {
      await forget(folded);
      const found: OrientedConversation[] = [];
      const onChunk = async (chunk: FoldChunk, tables: StageTables): Promise<void> => {
        const ipv6 = (side: string): string =>
          `toIPv6(bitShiftLeft(toUInt128(${side}_top), 64) + ${side}_low)`;
        const address = (side: string): string =>
          `if(${side}_top = 0 AND bitShiftRight(${side}_low, 32) = 65535, IPv4NumToString(toUInt32(${side}_low)), toString(${ipv6(side)}))`;
        const pieces = client.stream({
          name: "oriented conversations",
          sql: `
            SELECT network_id, ${address("client")}, client_port, ${address("server")}, service_port, if(hi_serves, score, -score), kinds
            FROM (${orientedConversations({ chunk, tables })}) WHERE ip_protocol = 6`,
        });
        for await (const piece of pieces) {
          for (const [networkId, from, clientPort, server, serverPort, certainty, kinds] of piece as Row[]) {
            found.push({
              networkId,
              client: from,
              clientPort,
              server,
              serverPort,
              certainty,
              evidence: evidenceNames(kinds),
            });
          }
        }
      };
      await createFold(
        { client, numbers, settledBatch: inserter.settledBatch, onChunk },
        { knownPorts },
      )({ nowMs: Date.now() });
      return found;
    },
    clear: () => forget(["flows", ...folded]),
    async close() {
      await client.close();
      await outside.command({ name: "drop the database", sql: `DROP DATABASE IF EXISTS ${database} SYNC` });
      await outside.close();
    },
  };
}
