const INTRODUCTION = `# Authorizations

Who may do what. Each authorization is a name for something that can be allowed; roles group them, roles can contain roles, and an
account makes roles of its own beside the built-in ones. Every route and every staff event names the one that it needs. Visitors
act within their own session. Nobody can give what they do not have. An authorization that reaches conversations can be given for
some departments alone (\`departmentLimits\` of a user); one that reaches the deployment is for operators, and lets nobody see what
is in an account: that takes an access grant.

Written by \`npm run docs:authorizations\` from \`server/domain/permissions.ts\` and the records of routes and events; tests compare
it with the code, and walk every route and event with every role.
`;

/** docs/AUTHORIZATIONS.md: what can be allowed, by which built-in role, and what each route and event needs. */
export function authorizationsPage({ AUTHORIZATIONS, BUILTIN_ROLES, allowedBy, routes, events }) {
  const roles = Object.keys(BUILTIN_ROLES);
  const allowed = Object.entries(AUTHORIZATIONS).map(([name, { reach, help }]) => [
    `\`${name}\``,
    help,
    reach,
    ...roles.map((role) => (allowedBy(role).has(name) ? 'yes' : '')),
  ]);
  const sections = [
    INTRODUCTION,
    '## Authorizations and built-in roles\n',
    `${table(['authorization', 'may', 'reaches', ...roles], allowed)}\n`,
    '## Routes\n',
    `${table(['route', 'needs'], routes.map(pair))}\n`,
    '## Staff events\n',
    `${table(['event on `/agent`', 'needs'], events.map(pair))}\n`,
  ];
  return sections.join('\n');
}

function pair({ name, needs }) {
  return [`\`${name}\``, `\`${needs}\``];
}

/** A table whose columns are as wide as their widest cell, as the formatter wants it. */
function table(head, rows) {
  const widths = head.map((_title, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (cells, filler) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column], filler)).join(' | ')} |`;
  const rule = line(
    head.map(() => ''),
    '-',
  );
  return [line(head, ' '), rule, ...rows.map((row) => line(row, ' '))].join('\n');
}
