import { expect, it } from "vitest";
import { defaultDataDirectory, type Surroundings } from "./default-data-directory.ts";

const ANN: Surroundings = { environment: {}, homeDirectory: "/people/ann", platform: "linux", isRoot: false };

it("keeps the data of a user in the user's place for data", () => {
  expect(defaultDataDirectory(ANN)).toBe("/people/ann/.local/share/flowlens");
  expect(defaultDataDirectory({ ...ANN, environment: { XDG_DATA_HOME: "/big/disk" } })).toBe(
    "/big/disk/flowlens",
  );
  expect(defaultDataDirectory({ ...ANN, environment: { XDG_DATA_HOME: "relative" } })).toBe(
    "/people/ann/.local/share/flowlens",
  );
  expect(defaultDataDirectory({ ...ANN, platform: "darwin" })).toBe(
    "/people/ann/Library/Application Support/FlowLens",
  );
});

it("keeps the data of root and of a systemd unit where the machine's services keep theirs", () => {
  expect(defaultDataDirectory({ ...ANN, isRoot: true })).toBe("/var/lib/flowlens");
  expect(
    defaultDataDirectory({ ...ANN, environment: { STATE_DIRECTORY: "/var/lib/private/flowlens:/other" } }),
  ).toBe("/var/lib/private/flowlens");
});
