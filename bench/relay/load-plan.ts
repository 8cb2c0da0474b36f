import type { Spread } from '../support/statistics.ts';

/** Who connects where; made by the benchmark, carried out by the generator's process. */
export interface LoadPlan {
  readonly kind: 'product' | 'bare';
  readonly url: string;
  readonly seed: number;
  /** Handshakes of the senders, one conversation each. */
  readonly visitors: readonly Handshake[];
  /** Handshakes of the agents that receive. */
  readonly agents: readonly Handshake[];
  /** Conversations that each agent may hold. */
  readonly capacity: number;
}

export type Handshake = Readonly<Record<string, unknown>>;

export interface RunOrder {
  /** Messages that each sender keeps in flight. */
  readonly window: number;
  readonly seconds: number;
}

/** What one run showed. Times in milliseconds. */
export interface RunResult {
  readonly messagesPerSecond: number;
  /** From sending to the acknowledgement. */
  readonly ack: Spread;
  /** From sending to the arrival at the agent. */
  readonly delivery: Spread;
  /** All messages sent, those that were acknowledged after the time was up included. */
  readonly sent: number;
  readonly acked: number;
  readonly delivered: number;
  readonly refused: number;
  /** Deliveries that did not carry the next `seq` of their conversation. */
  readonly outOfOrder: number;
  /** Share of the time in which the generator's event loop was busy, 0 to 1. */
  readonly generatorBusy: number;
}

export type GeneratorOrder =
  | { readonly do: 'connect'; readonly plan: LoadPlan }
  | { readonly do: 'run'; readonly run: RunOrder }
  | { readonly do: 'idle'; readonly plan: Omit<LoadPlan, 'agents' | 'capacity'> }
  | { readonly do: 'leave' };
