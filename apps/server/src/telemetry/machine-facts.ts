import { availableParallelism, cpus, release, totalmem } from "node:os";

/** What figures were measured on; goes beside every figure that is printed. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_gib: number;
  readonly system: string;
  readonly node: string;
  readonly measured_at: string;
}

export function machineFacts(): MachineFacts {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory_gib: Math.round(totalmem() / 1024 ** 3),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    measured_at: new Date().toISOString(),
  };
}
