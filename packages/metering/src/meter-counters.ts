/** Everything the meter saw; `packets` and `ip_bytes` equal the sums over all records once `finish` was called. */
export interface MeterCounters {
  /** IP packets metered. */
  packets: number;
  /** Their IP bytes: header plus payload, before any cut by the capture. */
  ip_bytes: number;
  /** Packets given without an IP header: not metered. */
  packets_without_ip: number;
  /** Records emitted, the sum of the five reasons below. */
  records: number;
  records_idle: number;
  records_active: number;
  /** TCP records that ended after FIN or RST. */
  records_tcp_end: number;
  /** Records emitted early because `maxFlows` were open. */
  records_pressure: number;
  /** Records still open at `finish`. */
  records_finish: number;
  /** Packets that came with a time before the one before them. */
  packets_out_of_order: number;
  /** Packets whose time was no time at all, or a lone jump of more than a day: metered at the time of their neighbours. */
  times_repaired: number;
  /** How often the capture's clock moved by more than ten minutes and stayed there. */
  clock_jumps: number;
  /** Later fragments that got the ports of their first fragment. */
  fragments_attributed: number;
  /** Later fragments whose first fragment was not seen: metered with ports 0. */
  fragments_without_ports: number;
}

export function createMeterCounters(): MeterCounters {
  return {
    packets: 0,
    ip_bytes: 0,
    packets_without_ip: 0,
    records: 0,
    records_idle: 0,
    records_active: 0,
    records_tcp_end: 0,
    records_pressure: 0,
    records_finish: 0,
    packets_out_of_order: 0,
    times_repaired: 0,
    clock_jumps: 0,
    fragments_attributed: 0,
    fragments_without_ports: 0,
  };
}
