import { AUTHORIZATIONS, type Authorization, BUILTIN_ROLES } from './permissions.ts';

/** A role as the graph sees it; `id` is the key of a built-in one. */
export interface RoleNode {
  readonly id: string;
  readonly authorizations: readonly Authorization[];
  readonly roles: readonly string[];
}

/** Roles that may stand one inside another, the outermost counted: deeper, nobody sees any more what a role allows. */
export const ROLE_DEPTH_MAX = 8;

/** An authorization with the roles that allow it themselves, of those that are contained. */
export type EffectiveAuthorizations = ReadonlyMap<Authorization, readonly string[]>;

/** The roles of one account and how they contain one another. Ids that no role has add nothing. */
export class RoleGraph {
  readonly #nodes: ReadonlyMap<string, RoleNode>;

  constructor(custom: readonly RoleNode[] = []) {
    const builtin = Object.entries(BUILTIN_ROLES).map(([id, role]): [string, RoleNode] => [
      id,
      { id, ...role },
    ]);
    this.#nodes = new Map([...custom.map((node): [string, RoleNode] => [node.id, node]), ...builtin]);
  }

  has(id: string): boolean {
    return this.#nodes.has(id);
  }

  /** The same roles, but for this one. */
  with(changed: RoleNode): RoleGraph {
    return new RoleGraph([...[...this.#nodes.values()].filter(({ id }) => id !== changed.id), changed]);
  }

  /** These roles and all that they contain, each once, in the order in which they are met; a circle ends where it began. */
  contained(ids: readonly string[]): readonly string[] {
    const met = new Set<string>();
    const waiting = [...ids];
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const node = this.#nodes.get(id);
      if (node === undefined || met.has(id)) continue;
      met.add(id);
      waiting.push(...node.roles);
    }
    return [...met];
  }

  /** What the roles add up to, in the order of {@link AUTHORIZATIONS}. */
  effective(ids: readonly string[]): EffectiveAuthorizations {
    const from = new Map<Authorization, string[]>();
    for (const id of this.contained(ids)) {
      for (const authorization of this.#nodes.get(id)?.authorizations ?? []) {
        from.set(authorization, [...(from.get(authorization) ?? []), id]);
      }
    }
    const known = Object.keys(AUTHORIZATIONS) as Authorization[];
    return new Map(known.flatMap((name) => (from.has(name) ? [[name, from.get(name) ?? []]] : [])));
  }

  /** The role itself and every role that contains it. */
  containing(id: string): readonly string[] {
    return [...this.#nodes.keys()].filter((outer) => outer === id || this.contained([outer]).includes(id));
  }

  /** The way from a role back to itself, its id first and last; undefined when there is none. */
  circleThrough(id: string): readonly string[] | undefined {
    const cameFrom = new Map<string, string>();
    const waiting = [id];
    for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
      for (const next of this.#nodes.get(at)?.roles ?? []) {
        if (next === id) return [...pathTo(at, cameFrom), id];
        if (cameFrom.has(next) || !this.#nodes.has(next)) continue;
        cameFrom.set(next, at);
        waiting.push(next);
      }
    }
    return undefined;
  }

  /** How many roles stand one inside another from this one on, itself counted. For a graph without circles. */
  depth(id: string): number {
    const depths = new Map<string, number>();
    const measure = (at: string): number => {
      const known = depths.get(at);
      if (known !== undefined) return known;
      const inner = (this.#nodes.get(at)?.roles ?? []).filter((next) => this.#nodes.has(next)).map(measure);
      const depth = 1 + Math.max(0, ...inner);
      depths.set(at, depth);
      return depth;
    };
    return measure(id);
  }
}

function pathTo(end: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const path = [end];
  for (let before = cameFrom.get(end); before !== undefined; before = cameFrom.get(before))
    path.unshift(before);
  return path;
}
