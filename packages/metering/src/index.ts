/**
 * Packets of an ordinary capture to one-way flow records, as an exporter beside the wire would make them.
 * Pure: time is packet time. Not here: reading files (codec) or headers (packet); who is the server (flow store).
 */
export { createMeter, type Meter } from "./meter.ts";
export { METER_DEFAULTS, type MeterOptions } from "./meter-options.ts";
export { type MeterCounters } from "./meter-counters.ts";
