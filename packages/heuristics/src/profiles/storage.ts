import { formatBytes, formatShare } from "@flowlens/features";
import {
  lacks,
  mostlyClient,
  opensLittle,
  outside,
  serves,
  servesMostly,
  servesNone,
  servedStrength,
  servedWords,
} from "../recurring-signals.ts";
import { logRamp, ramp, type Profile, type Signal } from "../signal.ts";

/** SMB is on every Windows host: it speaks for a file server only with clients, and never as plainly as NFS or iSCSI. */
const servesFiles: Signal = {
  name: "serves_files",
  weight: 0.4,
  sentence: "serves {service} to {clients}",
  look: (facts) => {
    const file = facts.served.get("file");
    if (file !== undefined) return { strength: servedStrength(file), words: servedWords(file.lead) };
    const smb = facts.served.get("smb");
    if (smb === undefined) return undefined;
    return { strength: 0.75 * logRamp(smb.clients, 2, 8), words: servedWords(smb.lead) };
  },
};

const largeConversations: Signal = {
  name: "large_conversations",
  weight: 0.15,
  sentence: "moves {bytes} a conversation",
  look: (facts) => ({
    strength: logRamp(facts.bytesPerConversation, 20_000, 1_000_000),
    words: { bytes: formatBytes(facts.bytesPerConversation) },
  }),
};

const onlySmbOfAWindowsHost: Signal = {
  name: "only_smb_of_a_windows_host",
  weight: 0.5,
  sentence: "serves SMB only and {share} of its conversations are its own",
  look: (facts) => {
    if (facts.served.has("file") || !facts.served.has("smb")) return undefined;
    return {
      strength: ramp(facts.acceptedShare, 0.7, 0.4),
      words: { share: formatShare(1 - facts.acceptedShare) },
    };
  },
};

export const STORAGE: Profile = {
  name: "storage",
  type: "storage",
  role: "storage",
  looksLike: "a storage system",
  signalsFor: [
    servesFiles,
    servesMostly("mostly_files", 0.25, { groups: ["file", "smb"], what: "for files" }),
    opensLittle(0.1),
    largeConversations,
    servesNone("no_directory", 0.1, {
      groups: ["directory", "database", "mail"],
      what: "neither a directory nor a database or mail",
    }),
  ],
  signalsAgainst: [
    lacks(["file", "smb"], "files"),
    serves("serves_directory", 0.9, ["directory"]),
    servesMostly("mostly_database", 0.5, {
      groups: ["database"],
      what: "for a database",
      from: 0.3,
      fullAt: 0.7,
    }),
    servesMostly("mostly_printing", 0.5, { groups: ["printing"], what: "for printing", fullAt: 0.3 }),
    mostlyClient("mostly_client", 0.5),
    onlySmbOfAWindowsHost,
    outside(0.3),
  ],
};
