import { FlowStoreError } from "../errors.ts";
import type { StoreClient } from "./store-client.ts";

/** The oldest ClickHouse whose SQL we count on; tested with 26.7. */
const OLDEST_SERVER = "25.8";

/** @throws FLOW_STORE_SERVER_TOO_OLD */
export async function checkServerVersion(client: Pick<StoreClient, "row">): Promise<string> {
  const { version } = await client.row<{ version: string }>({
    name: "version",
    sql: "SELECT version() AS version",
  });
  if (isOlder(version, OLDEST_SERVER)) {
    throw new FlowStoreError(
      "FLOW_STORE_SERVER_TOO_OLD",
      `This ClickHouse is ${version}, FlowLens needs ${OLDEST_SERVER} or newer. Upgrade it, or name no address and FlowLens starts its own.`,
      { context: { version, oldest: OLDEST_SERVER } },
    );
  }
  return version;
}

function isOlder(version: string, than: string): boolean {
  const [major, minor] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = than.split(".").map(Number);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}
