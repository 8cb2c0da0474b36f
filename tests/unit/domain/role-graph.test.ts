import fc from 'fast-check';
import {
  AUTHORIZATIONS,
  type Authorization,
  BUILTIN_ROLES,
  covers,
  RoleGraph,
  type RoleNode,
  rightsOf,
  unitedRights,
} from '../../../server/domain/index.ts';
import { SEED } from '../../support/seed.ts';

const NAMES = Object.keys(AUTHORIZATIONS) as Authorization[];
const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Any roles at all, circles and ids of nothing among what they contain. */
const anyRoles = fc.tuple(
  ...IDS.map((id) =>
    fc.record({
      id: fc.constant(id),
      authorizations: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 4 }),
      roles: fc.uniqueArray(fc.constantFrom(...IDS, 'agent', 'supervisor', 'gone'), { maxLength: 3 }),
    }),
  ),
);

/** The same by its definition: steps are taken until nothing new is met. */
function reachable(roles: readonly RoleNode[], from: string): Set<string> {
  const nodes = new Map<string, Pick<RoleNode, 'roles'>>([
    ...Object.entries(BUILTIN_ROLES),
    ...roles.map((role): [string, RoleNode] => [role.id, role]),
  ]);
  const met = new Set([from]);
  for (let size = 0; size !== met.size; ) {
    size = met.size;
    for (const id of [...met]) for (const next of nodes.get(id)?.roles ?? []) met.add(next);
  }
  return new Set([...met].filter((id) => nodes.has(id)));
}

describe(`role graph (seed ${SEED})`, () => {
  it('adds up to the union of all that can be reached, and says from where each comes', () => {
    fc.assert(
      fc.property(anyRoles, fc.constantFrom(...IDS), (roles, start) => {
        const met = reachable(roles, start);
        const own = (id: string): readonly Authorization[] =>
          roles.find((role) => role.id === id)?.authorizations ??
          BUILTIN_ROLES[id as keyof typeof BUILTIN_ROLES].authorizations;
        const union = new Set([...met].flatMap(own));
        const effective = new RoleGraph(roles).effective([start]);
        expect([...effective.keys()]).toEqual(NAMES.filter((name) => union.has(name)));
        for (const [name, from] of effective) {
          expect([...from].sort()).toEqual([...met].filter((id) => own(id).includes(name)).sort());
        }
      }),
      { seed: SEED },
    );
  });

  it('finds a circle exactly where a role reaches itself, and names a way that is there', () => {
    fc.assert(
      fc.property(anyRoles, fc.constantFrom(...IDS), (roles, start) => {
        const graph = new RoleGraph(roles);
        const node = roles.find(({ id }) => id === start);
        const reaches = (node?.roles ?? []).some((next) => reachable(roles, next).has(start));
        const circle = graph.circleThrough(start);
        expect(circle !== undefined).toBe(reaches);
        for (const [index, id] of (circle ?? []).slice(0, -1).entries()) {
          expect(roles.find((role) => role.id === id)?.roles).toContain(circle?.[index + 1]);
        }
        if (circle !== undefined) expect([circle[0], circle.at(-1)]).toEqual([start, start]);
      }),
      { seed: SEED },
    );
  });

  it('knows which roles contain one, and how deep they stand', () => {
    const chain = ['a', 'b', 'c'].map((id, index, all) => ({
      id,
      authorizations: [],
      roles: [all[index + 1] ?? 'supervisor'],
    }));
    const graph = new RoleGraph(chain);
    expect([...graph.containing('c')].sort()).toEqual(['a', 'b', 'c']);
    expect([...graph.containing('agent')].sort()).toEqual(
      ['a', 'account-administrator', 'agent', 'b', 'c', 'supervisor'].sort(),
    );
    expect([graph.depth('a'), graph.depth('supervisor'), graph.depth('agent')]).toEqual([5, 2, 1]);
  });

  it('never lets an account put its own role in the place of a built-in one', () => {
    const graph = new RoleGraph([{ id: 'agent', authorizations: ['user:write'], roles: [] }]);
    expect(graph.effective(['agent']).has('user:write')).toBe(false);
  });
});

describe('rights', () => {
  const graph = new RoleGraph();
  const limited = (role: string, ...departments: string[]) =>
    rightsOf(graph, { roles: [role], departmentLimits: { [role]: departments } });

  it('narrow what is about conversations to the departments, and nothing else', () => {
    const rights = limited('supervisor', 'sales');
    expect(rights.get('conversation:read')).toEqual(new Set(['sales']));
    expect(rights.get('user:read')).toBe('account');
  });

  it('reach as far as the widest role that gives them', () => {
    const both = rightsOf(graph, {
      roles: ['agent', 'privacy-officer'],
      departmentLimits: { agent: ['sales'] },
    });
    expect(both.get('conversation:read')).toBe('account');
    expect(both.get('conversation:handle')).toEqual(new Set(['sales']));
    expect(unitedRights(limited('agent', 'a'), limited('agent', 'b')).get('conversation:read')).toEqual(
      new Set(['a', 'b']),
    );
  });

  it('cover one another only where they reach as far', () => {
    const whole = rightsOf(graph, { roles: ['agent'] });
    expect(covers(whole, limited('agent', 'a'))).toBe(true);
    expect(covers(limited('agent', 'a'), whole)).toBe(false);
    expect(covers(limited('agent', 'a', 'b'), limited('agent', 'b'))).toBe(true);
    expect(covers(limited('agent', 'a'), limited('agent', 'b'))).toBe(false);
    expect(covers(whole, rightsOf(graph, { roles: ['supervisor'] }))).toBe(false);
    expect(covers(new Map(), new Map())).toBe(true);
  });
});
