import { readFileSync } from "node:fs";
import { createStoreClient } from "./flow-store/client/store-client.ts";
import { migrate } from "./flow-store/schema/migrate.ts";
import { loadNumbers } from "./flow-store/numbers.ts";
import { createFlowInserter } from "./flow-store/insert/flow-inserter.ts";
import { createFold } from "./flow-store/fold/create-fold.ts";
import { createQueries } from "./flow-store/queries/queries.ts";
import { createEngines } from "#engines";
import { silentLogger } from "#telemetry";
import { createMetadataStore, METADATA_STORE_CONFIG } from "#metadata-store";
import { createImporter } from "#collection";
import { createAssetService, ASSETS_CONFIG } from "#assets";
import { Value } from "typebox/value";
void readFileSync;
const t0 = performance.now();
const lap = (s: string) => console.error(`${((performance.now() - t0) / 1000).toFixed(2)} ${s}`);
const engines = createEngines({ dataDirectory: "/tmp/lead/data" }, { logger: silentLogger });
await engines.start(); lap("engines");
const metadata = createMetadataStore(Value.Create(METADATA_STORE_CONFIG) as never, { connection: () => engines.addresses().postgres, logger: silentLogger });
await metadata.start(); lap("metadata");
const mk = (database: string) => createStoreClient(() => ({ ...engines.addresses().clickhouse, database }));
await mk("default").command({ name: "db", sql: "CREATE DATABASE IF NOT EXISTS flowlens" });
const client = mk("flowlens");
await migrate(client); lap("migrated");
const numbers = await loadNumbers(client);
const inserter = createFlowInserter({ client, numbers, timesForgotten: () => 0, giveUpAfterMs: 30000 });
const fold = createFold({ client, numbers, settledBatch: inserter.settledBatch });
const importer = createImporter({ metadata, flows: { insertFlows: inserter.insertFlows, forgetImport: async () => {} }, logger: silentLogger });
try {
  const network = await metadata.networks.ensure(process.argv[3] ?? "default");
  const o = await importer.importFile(process.argv[2], { network }); lap(`import ${o.outcome} ${o.import.records}`);
  console.error(await fold({ nowMs: Date.now() })); lap("fold");
  const svc = createAssetService(Value.Create(ASSETS_CONFIG), { metadata, traffic: createQueries(() => client), logger: silentLogger });
  console.error(await svc.refresh(network)); lap("refresh");
  const page = await metadata.assets.list({ filter: { networkId: network.id }, limit: 30 });
  for (const a of page.assets) console.log(a.address, a.assetType, a.confidence.toFixed(2), a.classificationMethod, a.engine?.role?.type, a.conversations, a.servedEndpoints.slice(0, 4).map((e) => `${e.port}/${e.protocol}:${e.clients}`).join(" "));
} finally {
  await client.close(); await metadata.stop(); await engines.stop(); lap("stopped");
}
