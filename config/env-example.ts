import { SECTIONS, VARIABLES, type Variable } from './variables.ts';

type Section = keyof typeof SECTIONS;

/** The text of `.env.example`: every variable with its meaning, default, unit and, for a limit, what it stops. */
export function envExample(): string {
  const head = [
    '# Settings, each with its default. Copy to .env and remove the # before what you change.',
    '# Written by `npm run env:example` from config/variables.ts; a test compares the two.',
  ];
  const sections = (Object.keys(SECTIONS) as Section[]).map(sectionText);
  return `${[head.join('\n'), ...sections].join('\n\n')}\n`;
}

function sectionText(section: Section): string {
  const entries = Object.entries<Variable<unknown>>(VARIABLES);
  const mine = entries.filter(([, variable]) => variable.section === section);
  return [
    `# --- ${SECTIONS[section]} ---`,
    ...mine.map(([name, variable]) => variableText(name, variable)),
  ].join('\n\n');
}

function variableText(name: string, variable: Variable<unknown>): string {
  const lines = [`# ${variable.help}`];
  if (variable.unit !== undefined) lines.push(`# Unit: ${variable.unit}.`);
  if (variable.stops !== undefined) lines.push(`# Stops: ${variable.stops}.`);
  if (variable.unset !== undefined) lines.push(`# Unset: ${variable.unset}.`);
  return [...lines, `#${name}=${variable.standard}`].join('\n');
}
