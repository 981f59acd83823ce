import {
  acceptsMore,
  mostlyClient,
  opensLittle,
  outside,
  serves,
  servesMostly,
  servesNone,
  hasClients,
  lacks,
} from "../recurring-signals.ts";
import type { Profile } from "../signal.ts";

export const DATABASE: Profile = {
  name: "database",
  type: "database",
  role: "database",
  looksLike: "a database",
  signalsFor: [
    serves("serves_database_port", 0.4, ["database"]),
    servesMostly("mostly_database", 0.3, { groups: ["database"], what: "for a database" }),
    opensLittle(0.15),
    acceptsMore(0.05),
    servesNone("no_user_service", 0.1, {
      groups: ["web", "mail", "directory", "file"],
      what: "neither web nor mail, directory or files",
    }),
  ],
  signalsAgainst: [
    lacks(["database"], "database port"),
    serves("serves_directory", 0.9, ["directory"]),
    servesMostly("mostly_web", 0.5, { groups: ["web"], what: "for the web", from: 0.3, fullAt: 0.7 }),
    mostlyClient("mostly_client", 0.5),
    outside(0.15),
    {
      ...hasClients(0.3, 200, 2000),
      name: "too_many_clients",
      sentence: "has {clients}, more than a database has",
    },
  ],
};
