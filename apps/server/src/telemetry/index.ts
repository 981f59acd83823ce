/**
 * Log and metrics: the types that rooms depend on, and the one place that makes them of pino and prom-client.
 * Not here: what is worth logging or counting; each room says that itself.
 */
export {
  createLogger,
  silentLogger,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  type LogMethod,
} from "./logger.ts";
