import { readFileSync } from 'node:fs';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  advance,
  applyEvent,
  compileRuleSet,
  newVisitor,
  type Timer,
  TimerWheel,
  VisitorState,
  type World,
} from '../../server/domain/engagement/index.ts';
import { readableFact } from '../../server/domain/engagement/read-fact.ts';
import { pick, seededRandom } from '../../tests/support/identifiers.ts';
import { percentile } from '../support/statistics.ts';
import { markdownTable } from '../support/table.ts';
import { closures, conditionsOf, type FlatFacts, jsonRules } from './baselines.ts';
import { eventFor, rulesFor, visitorFor } from './workload.ts';

/**
 * What one event costs with many rules and many visitors, beside json-rules-engine and plain closures on the same rules
 * and facts, and what a visitor holds in memory.
 */
const SEED = 20_260_101;
const RULES = 1_000;
const VISITORS = 10_000;
/** Events of each visitor before anything is measured. */
const WARM_EVENTS = 8;
const SLICES = 2_000;
const EVENTS_PER_SLICE = 100;
/** Between two slices: every visitor does something once in fifty seconds. */
const SLICE_MS = 500;
const SAMPLES = 64;
const START = Date.parse('2026-01-07T08:00:00Z');

interface Site {
  readonly world: World;
  readonly visitors: readonly { readonly state: VisitorState; readonly timer: Timer<number> }[];
  readonly wheel: TimerWheel<number>;
  now: number;
}

const random = seededRandom(SEED);
const rules = rulesFor(random, RULES);

function compile(): World {
  const ruleSet = compileRuleSet({
    rules,
    timeZone: 'Europe/Stockholm',
    businessHours: { alwaysOpen: true, intervals: [] },
  });
  return { ruleSet, agentsAvailable: 3, queueLength: 2, report: 'fired' };
}

function openSite(world: World): Site {
  const wheel = new TimerWheel<number>(START);
  const visitors = Array.from({ length: VISITORS }, (_, number) => {
    const state = new VisitorState(newVisitor(visitorFor(random, { number, now: START })));
    return { state, timer: wheel.timer(number) };
  });
  return { world, visitors, wheel, now: START };
}

function runTimers(site: Site): number {
  let ran = 0;
  site.wheel.advance(site.now, (number, at) => {
    const { state, timer } = site.visitors[number] as Site['visitors'][number];
    advance(state, at, site.world);
    site.wheel.schedule(timer, state.nextAt);
    ran++;
  });
  return ran;
}

function runEvents(
  site: Site,
  events: readonly { visitor: number; event: Parameters<typeof applyEvent>[1] }[],
): number {
  let decisions = 0;
  for (const { visitor, event } of events) {
    const { state, timer } = site.visitors[visitor] as Site['visitors'][number];
    decisions += applyEvent(state, event, site.world).length;
    site.wheel.schedule(timer, state.nextAt);
  }
  return decisions;
}

function eventsAt(now: number, count: number) {
  return Array.from({ length: count }, () => ({
    visitor: Math.floor(random() * VISITORS),
    event: eventFor(random, now),
  }));
}

function warmUp(site: Site): void {
  for (let round = 0; round < WARM_EVENTS; round++) {
    site.now += 10_000;
    runTimers(site);
    const events = site.visitors.map((_, visitor) => ({ visitor, event: eventFor(random, site.now) }));
    runEvents(site, events);
  }
}

/** CPU time of the process, with that of its collector: what others do on the machine counts little. */
function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

interface Measured {
  /** Microseconds for one event, by slice, ascending. */
  readonly eventUs: Float64Array;
  readonly timerUs: number;
  readonly timersPerEvent: number;
  readonly decisions: number;
}

function measure(site: Site): Measured {
  const eventUs: number[] = [];
  let [timerUs, timers, decisions] = [0, 0, 0];
  for (let slice = 0; slice < SLICES; slice++) {
    site.now += SLICE_MS;
    const begun = cpuUs();
    timers += runTimers(site);
    timerUs += cpuUs() - begun;
    const events = eventsAt(site.now, EVENTS_PER_SLICE);
    const started = cpuUs();
    decisions += runEvents(site, events);
    eventUs.push((cpuUs() - started) / EVENTS_PER_SLICE);
  }
  return {
    eventUs: Float64Array.from(eventUs).sort(),
    timerUs: timerUs / timers,
    timersPerEvent: timers / (SLICES * EVENTS_PER_SLICE),
    decisions,
  };
}

/** The facts that the rules read, of one visitor, as the baselines take them. */
function flatFacts({ world, now }: Site, { facts }: VisitorState): FlatFacts {
  const { ruleSet, agentsAvailable, queueLength } = world;
  const moment = { now, clock: ruleSet.clock, agentsAvailable, queueLength };
  const names = new Set(rules.flatMap((rule) => conditionsOf(rule).map(({ fact }) => fact)));
  const flat: Record<string, NonNullable<FlatFacts[string]>> = {};
  for (const name of names) {
    const value = readableFact(name).read(facts, moment);
    if (value !== undefined) flat[name] = value;
  }
  return flat;
}

function holdingRules({ world }: Site, state: VisitorState): number {
  return rules.filter(({ id }) => state.holds(world.ruleSet, world.ruleSet.numberOf.get(id) ?? 0)).length;
}

/** Microseconds of CPU for one event, ascending. */
interface Baselines {
  readonly closuresUs: Float64Array;
  readonly jsonUs: Float64Array;
}

async function measureBaselines(site: Site): Promise<Baselines> {
  const sample = Array.from({ length: SAMPLES }, () => pick(random, site.visitors).state);
  for (const state of sample) advance(state, site.now, site.world);
  const facts = sample.map((state) => flatFacts(site, state));
  const plain = closures(rules);
  const json = jsonRules(rules);
  for (const [index, state] of sample.entries()) {
    const wanted = holdingRules(site, state);
    const flat = facts[index] as FlatFacts;
    if (plain(flat) !== wanted || (index < 4 && (await json(flat)) !== wanted)) {
      throw new Error('the engines do not agree on which rules hold');
    }
  }
  const closureTimes: number[] = [];
  for (let round = 0; round < 60; round++) {
    const begun = cpuUs();
    for (const flat of facts) plain(flat);
    closureTimes.push((cpuUs() - begun) / SAMPLES);
  }
  const jsonTimes: number[] = [];
  for (const flat of facts.slice(0, 24)) {
    const begun = cpuUs();
    await json(flat);
    jsonTimes.push(cpuUs() - begun);
  }
  return { closuresUs: Float64Array.from(closureTimes).sort(), jsonUs: Float64Array.from(jsonTimes).sort() };
}

function collect(): number {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const version = (name: string): string =>
  (JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { version: string }).version;

async function main(): Promise<void> {
  const begun = performance.now();
  const world = compile();
  const compileMs = performance.now() - begun;
  console.log(
    `node ${process.version}, json-rules-engine ${version('json-rules-engine')}, re2js ${version('re2js')}, seed ${SEED}`,
  );
  console.log(
    `${RULES} rules of four conditions (${world.ruleSet.circuit.gates} gates), compiled in ${compileMs.toFixed(0)} ms; ${VISITORS} visitors`,
  );
  warmUp(openSite(world));
  const before = collect();
  const site = openSite(world);
  warmUp(site);
  const bytes = (collect() - before) / VISITORS;
  const measured = measure(site);
  const { closuresUs, jsonUs } = await measureBaselines(site);
  const us = percentile(measured.eventUs, 0.5);
  const row = (name: string, times: Float64Array) => [
    name,
    percentile(times, 0.5).toFixed(2),
    percentile(times, 0.1).toFixed(2),
    `${(percentile(times, 0.5) / us).toFixed(1)} x`,
  ];
  // The least disturbed tenth tells what it costs where nobody else uses up the caches.
  console.log(
    markdownTable(
      ['one event', 'CPU us, p50', 'p10', 'p50 of ours'],
      [
        row('this engine', measured.eventUs),
        row('plain closures', closuresUs),
        row('json-rules-engine', jsonUs),
      ],
    ),
  );
  console.log(
    `this engine, slices of ${EVENTS_PER_SLICE} events: p99 ${percentile(measured.eventUs, 0.99).toFixed(2)} us`,
  );
  console.log(
    `timers: ${measured.timersPerEvent.toFixed(2)} for each event, ${measured.timerUs.toFixed(2)} us each; ${measured.decisions} invitations and hold-outs`,
  );
  console.log(`memory of a visitor with profile and score: ${Math.round(bytes)} bytes`);
}

await main();
