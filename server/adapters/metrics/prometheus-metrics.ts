import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CounterName, GaugeName, HistogramName, Metrics } from '../../ports/index.ts';
import { COUNTERS, GAUGES, HISTOGRAMS } from './metric-table.ts';

/** A label takes this many different values, then everything new is `other`: data in a label cannot fill memory. */
const MOST_LABEL_VALUES = 500;
/** Label combinations that are remembered; others are looked up each time. */
const MOST_CHILDREN = 2_000;
const LABEL_VALUE = /^[\w.:-]{1,64}$/;
/** How finely delays of the event loop are told apart. */
const EVENT_LOOP_PRECISION_MS = 10;

/** Counts in memory and shows it in the Prometheus text format. Every instance has a registry of its own. */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #counters: ReadonlyMap<CounterName, Counter>;
  readonly #gauges: ReadonlyMap<GaugeName, Gauge>;
  readonly #histograms: ReadonlyMap<HistogramName, Histogram>;
  readonly #labelValues = new Map<string, Set<string>>();
  readonly #children = new Map<string, Counter.Internal>();

  /** @param options `processMetrics: false` leaves out memory, garbage collection and event-loop lag. */
  constructor(options: { processMetrics?: boolean } = {}) {
    const registers = [this.#registry];
    this.#counters = mapOf(COUNTERS, (name, { help, labels }) => {
      return new Counter({ name, help, labelNames: [...labels], registers });
    });
    this.#gauges = mapOf(GAUGES, (name, help) => new Gauge({ name, help, registers }));
    this.#histograms = mapOf(HISTOGRAMS, (name, { help, buckets }) => {
      return new Histogram({ name, help, buckets: [...buckets], registers });
    });
    if (options.processMetrics === false) return;
    collectDefaultMetrics({
      register: this.#registry,
      eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS,
    });
  }

  count(name: CounterName, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    const counter = this.#counters.get(name);
    const declared = COUNTERS[name].labels;
    if (declared.length === 0) counter?.inc(by);
    else this.#child(name, declared, labels)?.inc(by);
  }

  /** The counter with these label values, found again without building its labels anew. */
  #child(name: CounterName, declared: readonly string[], labels: Readonly<Record<string, string>>) {
    const key = declared.reduce((path, label) => `${path}\n${labels[label] ?? 'none'}`, name as string);
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    const child = this.#counters.get(name)?.labels(this.#labelsOf(name, declared, labels));
    if (child !== undefined && this.#children.size < MOST_CHILDREN) this.#children.set(key, child);
    return child;
  }

  gauge(name: GaugeName, value: number): void {
    this.#gauges.get(name)?.set(value);
  }

  observe(name: HistogramName, value: number): void {
    this.#histograms.get(name)?.observe(value);
  }

  async expose(): Promise<{ readonly contentType: string; readonly body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  close(): void {
    this.#registry.clear();
    this.#children.clear();
  }

  #labelsOf(
    name: CounterName,
    declared: readonly string[],
    given: Readonly<Record<string, string>>,
  ): Record<string, string> {
    return Object.fromEntries(
      declared.map((label) => [label, this.#labelValue(`${name}.${label}`, given[label] ?? 'none')]),
    );
  }

  #labelValue(key: string, value: string): string {
    const known = this.#labelValues.get(key) ?? new Set();
    if (known.has(value)) return value;
    if (known.size >= MOST_LABEL_VALUES || !LABEL_VALUE.test(value)) return 'other';
    this.#labelValues.set(key, known.add(value));
    return value;
  }
}

function mapOf<Name extends string, Spec, Metric>(
  table: Readonly<Record<Name, Spec>>,
  make: (name: Name, spec: Spec) => Metric,
): ReadonlyMap<Name, Metric> {
  const names = Object.keys(table) as Name[];
  return new Map(names.map((name) => [name, make(name, table[name])]));
}
