import type { ExporterList } from "@flowlens/contract";
import { lost } from "../exporters/exporter-words.ts";
import { counted } from "../ui/quantities.ts";

/** What somebody should look at, worst first; empty when all is well. */
export function attentionOf({ exporters, sockets }: ExporterList): string[] {
  const silent = exporters.filter(({ state }) => state === "silent").length;
  const waiting = exporters.filter(({ state }) => state === "waiting_for_template").length;
  const lossy = exporters.filter((exporter) => lost(exporter) > 0).length;
  const dropped = sockets.reduce(
    (sum, { kernel_drops, queue_drops }) => sum + (kernel_drops ?? 0) + queue_drops,
    0,
  );
  return [
    ...(dropped > 0 ? [`${counted(dropped, "packet")} dropped on arrival`] : []),
    ...(silent > 0 ? [`${silent} silent`] : []),
    ...(waiting > 0 ? [`${waiting} waiting for a template`] : []),
    ...(lossy > 0 ? [`${lossy} with loss`] : []),
  ];
}
