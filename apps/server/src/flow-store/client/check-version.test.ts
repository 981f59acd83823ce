import { describe, expect, it } from "vitest";
import { checkServerVersion } from "./check-version.ts";

const serving = (version: string) => ({ row: <Row>() => Promise.resolve({ version } as Row) });

describe("the server's version", () => {
  it.each(["25.8.1.1", "25.10.2.65", "26.7.2.1"])("is new enough with %s", async (version) => {
    expect(await checkServerVersion(serving(version))).toBe(version);
  });

  it.each(["25.7.9.9", "24.12.1.1", "18.16.1"])(
    "is too old with %s, and a sentence says what to do",
    async (version) => {
      await expect(checkServerVersion(serving(version))).rejects.toMatchObject({
        code: "FLOW_STORE_SERVER_TOO_OLD",
        message: `This ClickHouse is ${version}, FlowLens needs 25.8 or newer. Upgrade it, or name no address and FlowLens starts its own.`,
      });
    },
  );
});
