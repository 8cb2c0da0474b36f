import { readFileSync } from 'node:fs';

/** The parts of a `.cpuprofile` that are used here (Chrome DevTools Protocol, `Profiler.Profile`). */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds between samples. */
  readonly timeDeltas: readonly number[];
}

/** Self time: what was spent in the code itself, not in what it called. */
export interface SelfTime {
  readonly name: string;
  readonly ms: number;
  /** Of the time in which the thread was busy. */
  readonly share: number;
}

export interface ProfileSummary {
  readonly busyMs: number;
  readonly idleMs: number;
  /** By package, module of Node, or folder of the product; most first. */
  readonly modules: readonly SelfTime[];
  readonly functions: readonly SelfTime[];
}

/** Sums up the self times of a profile. `root` is the project's folder. */
export function summariseProfile(file: string, root: string): ProfileSummary {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const selfMs = new Map<number, number>();
  profile.samples.forEach((id, index) => {
    selfMs.set(id, (selfMs.get(id) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1_000);
  });
  const modules = new Map<string, number>();
  const functions = new Map<string, number>();
  const profiling = ofTheProfiler(profile);
  let idleMs = 0;
  for (const { id, callFrame } of profile.nodes) {
    if (profiling.has(id)) continue;
    const ms = selfMs.get(id) ?? 0;
    if (callFrame.functionName === '(idle)') {
      idleMs += ms;
      continue;
    }
    const { url, functionName } = callFrame;
    const place = placeOf(url, root);
    add(modules, moduleOf(place, functionName), ms);
    add(functions, `${functionName || '(anonymous)'} ${place}`.trim(), ms);
  }
  const busyMs = [...modules.values()].reduce((sum, ms) => sum + ms, 0);
  return { busyMs, idleMs, modules: ranked(modules, busyMs), functions: ranked(functions, busyMs) };
}

/** Nodes of the profiler's own start and stop, which are no part of the program. */
function ofTheProfiler({ nodes }: CpuProfile): ReadonlySet<number> {
  const own = new Set(
    nodes.filter(({ callFrame }) => callFrame.url === 'node:inspector').map(({ id }) => id),
  );
  // Parents stand before their children.
  for (const { id, children = [] } of nodes) if (own.has(id)) for (const child of children) own.add(child);
  return own;
}

/** A path from the project's folder, `node:` modules as they are. */
function placeOf(url: string, root: string): string {
  const path = url.replace(/^file:\/\//, '');
  const inPackage = /.*\/node_modules\/(.*)/.exec(path)?.[1];
  if (inPackage !== undefined) return `node_modules/${inPackage}`;
  return path.startsWith(root) ? path.slice(root.length + 1) : path;
}

function moduleOf(place: string, functionName: string): string {
  if (place === '') return functionName.startsWith('(') ? functionName : '(native code)';
  if (place.startsWith('node:')) return place.split('/').slice(0, 2).join('/');
  const parts = place.split('/');
  if (parts[0] === 'node_modules') {
    return parts[1]?.startsWith('@') === true ? `${parts[1]}/${parts[2]}` : String(parts[1]);
  }
  const folder = parts[0] === 'dist' ? parts.slice(1) : parts;
  return folder.slice(0, 3).join('/');
}

function add(to: Map<string, number>, name: string, ms: number): void {
  to.set(name, (to.get(name) ?? 0) + ms);
}

function ranked(times: ReadonlyMap<string, number>, busyMs: number): SelfTime[] {
  return [...times].map(([name, ms]) => ({ name, ms, share: ms / busyMs })).sort((a, b) => b.ms - a.ms);
}
