import {
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
  collectDefaultMetrics,
} from "prom-client";

export type Labels<Name extends string> = Readonly<Record<Name, string>>;

/** What every metric says about itself. `name` begins with `flowlens_` and ends with its unit (`_bytes`, `_seconds`, `_total`). */
export type MetricDefinition<Name extends string> = {
  readonly name: string;
  readonly help: string;
  /** Names of its labels. Their values must be few: an exporter is fine, a host is not. */
  readonly labels?: readonly Name[];
};

export type Counter<Name extends string = never> = { add(amount: number, labels?: Labels<Name>): void };
export type Gauge<Name extends string = never> = { set(value: number, labels?: Labels<Name>): void };
export type Histogram<Name extends string = never> = { observe(value: number, labels?: Labels<Name>): void };

export type Measurement<Name extends string> = { readonly value: number; readonly labels?: Labels<Name> };

/** What rooms depend on to count; {@link createMetrics} makes one of prom-client. */
export type Metrics = {
  /** Only grows. @throws Error when the name is not a metric's, or taken */
  counter<Name extends string = never>(definition: MetricDefinition<Name>): Counter<Name>;
  gauge<Name extends string = never>(definition: MetricDefinition<Name>): Gauge<Name>;
  /** A gauge that is read when somebody asks: what it does not measure this time is gone. */
  measured<Name extends string = never>(
    definition: MetricDefinition<Name> & { readonly read: () => Iterable<Measurement<Name>> },
  ): void;
  /** `buckets`: upper bounds, rising. */
  histogram<Name extends string = never>(
    definition: MetricDefinition<Name> & { readonly buckets: readonly number[] },
  ): Histogram<Name>;
};

export type MetricsRegistry = Metrics & {
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
};

export type MetricsOptions = {
  /** On every metric, like the instance. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Memory, CPU, event loop and garbage collection of this process too, under the names that dashboards know. */
  readonly ofProcess?: boolean;
};

const NAME = /^flowlens_[a-z][a-z0-9_]*$/;

/** A registry of its own: two of them share nothing. */
export function createMetrics({ labels = {}, ofProcess = false }: MetricsOptions = {}): MetricsRegistry {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  if (ofProcess) collectDefaultMetrics({ register: registry });

  function common<Name extends string>({ name, help, labels: labelNames = [] }: MetricDefinition<Name>) {
    if (!NAME.test(name))
      throw new Error(
        `"${name}" is not the name of a metric: it begins with flowlens_ and has a-z, 0-9 and _`,
      );
    return { name, help, labelNames, registers: [registry] };
  }

  return {
    counter(definition) {
      const metric = new PromCounter(common(definition));
      return { add: (amount, given = {} as never) => metric.inc(given, amount) };
    },
    gauge(definition) {
      const metric = new PromGauge(common(definition));
      return { set: (value, given = {} as never) => metric.set(given, value) };
    },
    measured(definition) {
      const metric = new PromGauge({
        ...common(definition),
        collect() {
          metric.reset();
          for (const { value, labels: given = {} as never } of definition.read()) metric.set(given, value);
        },
      });
    },
    histogram(definition) {
      const metric = new PromHistogram({ ...common(definition), buckets: [...definition.buckets] });
      return { observe: (value, given = {} as never) => metric.observe(given, value) };
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Metrics that count nothing. */
export const silentMetrics: Metrics = {
  counter: () => ({ add() {} }),
  gauge: () => ({ set() {} }),
  measured() {},
  histogram: () => ({ observe() {} }),
};
