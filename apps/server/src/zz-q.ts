import { createStoreClient } from "./flow-store/client/store-client.ts";
import { createEngines } from "#engines";
import { silentLogger } from "#telemetry";
const engines = createEngines({ dataDirectory: process.env.ZD ?? "/tmp/lead/data" }, { logger: silentLogger });
await engines.start();
const client = createStoreClient(() => ({ ...engines.addresses().clickhouse, database: process.env.DB ?? "flowlens" }));
try { for (const sql of process.argv.slice(2)) { console.log("--"); for (const r of await client.rows({ name: "q", sql })) console.log(JSON.stringify(r)); } }
finally { await client.close(); await engines.stop(); }
