/**
 * Log and metrics: the types that rooms depend on, and the one place that makes them of pino and prom-client.
 * Not here: what is worth logging or counting; each room says that itself.
 */
export {
  createLogger,
  LOG_LEVELS,
  silentLogger,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  type LogMethod,
} from "./logger.ts";
export {
  createMetrics,
  silentMetrics,
  type Counter,
  type Gauge,
  type Histogram,
  type Labels,
  type Measurement,
  type MetricDefinition,
  type Metrics,
  type MetricsOptions,
  type MetricsRegistry,
} from "./metrics.ts";
export { machineFacts, type MachineFacts } from "./machine-facts.ts";
