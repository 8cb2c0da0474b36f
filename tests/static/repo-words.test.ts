import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './sources.ts';

/**
 * What must not stand in the repository: places of one machine, and addresses of a package registry. The words are
 * put together here, so that this file does not find itself.
 */
const FORBIDDEN: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  {
    what: 'a path of one machine',
    pattern: new RegExp(`(?<![\\w.:])/(${['work', 'root', 'home'].join('|')})/\\w`),
  },
  { what: 'a temporary folder', pattern: new RegExp(`(?<![\\w.:])/${'tm'}p/\\w`) },
  {
    what: 'the address of a registry',
    pattern: new RegExp(
      [`"${'resolved'}":`, `registry\\.${'npmjs'}`, `${'arti'}factory`, `:${'4873'}\\b`].join('|'),
    ),
  },
  { what: 'a private key', pattern: new RegExp(`-----BEGIN [A-Z ]*PRIVATE ${'KEY'}-----`) },
];

const TEXT_FILE =
  /\.(tsx?|mjs|js|json|md|html|css|ya?ml|example|svg|txt)$|(^|\/)(Dockerfile|LICENSE|run|\.\w+)$/;

const skip = existsSync(join(PROJECT, '.git'))
  ? undefined
  : 'Left out: only a git checkout knows its tracked files';

(skip === undefined ? describe : describe.skip)(skip ?? 'tracked files', () => {
  it.each(FORBIDDEN)('hold nowhere $what', ({ pattern }) => {
    const files = trackedTexts();
    expect(files.filter((file) => pattern.test(readTracked(file)))).toEqual([]);
    expect(files.length).toBeGreaterThan(100);
  });
});

function trackedTexts(): string[] {
  const output = execFileSync('git', ['ls-files', '-z'], { cwd: PROJECT, encoding: 'utf8' });
  return output.split('\0').filter((file) => TEXT_FILE.test(file));
}

/** Empty for a file that is tracked but deleted in the working folder. */
function readTracked(file: string): string {
  try {
    return readFileSync(join(PROJECT, file), 'utf8');
  } catch {
    return '';
  }
}
