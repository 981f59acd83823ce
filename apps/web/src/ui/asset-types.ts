import type { AssetListItem } from "@flowlens/contract";
import type { IconName } from "./icon.tsx";

interface AssetTypeWords {
  /** Begins a line. */
  readonly label: string;
  /** Follows "It is". */
  readonly inSentence: string;
  readonly icon: IconName;
}

const CORE: Readonly<Record<string, AssetTypeWords>> = {
  server: { label: "Server", inSentence: "a server", icon: "server" },
  workstation: { label: "Workstation", inSentence: "a workstation", icon: "workstation" },
  database: { label: "Database", inSentence: "a database", icon: "database" },
  load_balancer: { label: "Load balancer", inSentence: "a load balancer", icon: "load_balancer" },
  network_device: { label: "Network device", inSentence: "a network device", icon: "network_device" },
  storage: { label: "Storage", inSentence: "storage", icon: "storage" },
  container: { label: "Container", inSentence: "a container", icon: "container" },
  cloud_service: { label: "Cloud service", inSentence: "a cloud service", icon: "cloud_service" },
  virtual_machine: { label: "Virtual machine", inSentence: "a virtual machine", icon: "virtual_machine" },
  unknown: { label: "Unknown", inSentence: "unknown", icon: "unknown" },
};

/** The name, icon and grammar of a type; one that was added by a user is called as it is named. */
export function wordsOfType(assetType: string): AssetTypeWords {
  const known = Object.hasOwn(CORE, assetType) ? CORE[assetType] : undefined;
  if (known !== undefined) return known;
  const words = assetType.replaceAll("_", " ");
  const article = /^[aeiou]/.test(words) ? "an" : "a";
  return {
    label: words.charAt(0).toUpperCase() + words.slice(1),
    inSentence: `${article} ${words}`,
    icon: "custom",
  };
}

export const METHOD_WORDS = {
  ml: { label: "model", says: "The model decided." },
  heuristic: {
    label: "heuristics",
    says: "The readable rules of thumb decided: the model had no sure answer.",
  },
  manual: { label: "confirmed", says: "A person said so." },
  rule: { label: "rule", says: "A rule of yours decided." },
  none: { label: "undecided", says: "Nothing was sure enough to decide." },
} as const;

/** What the engine calls it beside its type: "dns server". Undefined where that is the same word. */
export function finerWord({
  asset_type,
  role,
}: Pick<AssetListItem, "asset_type" | "role">): string | undefined {
  return role === null || role.name === asset_type ? undefined : role.name.replaceAll("_", " ");
}
