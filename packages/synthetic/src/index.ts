/**
 * Made-up networks: hosts that are known to be what they are, their conversations, and the flow records that
 * exporters make of these. Pure and seeded. Not here: sockets and clocks (#simulation).
 */
export type {
  ConversationTotals,
  ExporterTotals,
  MadeExporter,
  MadeHost,
  MadeNetwork,
  MadeProtocol,
  MadeType,
  Traffic,
  TrafficOptions,
  TrafficStep,
} from "./network/made-network.ts";
export { createOffice, type OfficeOptions } from "./office/create-office.ts";
export { newestFullWeekday, startOfDay } from "./office/weekday.ts";
