const { createRequire } = require('node:module');
const { isAbsolute } = require('node:path');
const { compileFunction } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** What jest itself must hand out: its functions for this file. */
const OF_JEST = new Set(['@jest/globals', '@jest/expect', 'expect']);

/** Compiled modules of this worker by their path. The module itself is made anew for each test file. */
const compiled = new Map();

/**
 * Loads packages as Node does, once in a worker, and our own modules anew for each test file as jest does, but
 * compiled once. No test here puts a mock in the place of a module.
 */
module.exports = class OneRealmRuntime extends Runtime {
  #requirePackage;

  constructor(config, ...rest) {
    super(config, ...rest);
    this.#requirePackage = createRequire(`${config.rootDir}/node_modules/`);
    this.executor.compile = (source, filename) => compileOnce(source, filename, this.executor);
  }

  requireModuleOrMock(from, name) {
    const ours = name.startsWith('.') || isAbsolute(name) || OF_JEST.has(name);
    return ours ? super.requireModuleOrMock(from, name) : this.#requirePackage(name);
  }

  /** The process is not a copy: it stays as it is. */
  installGetBuiltinModule() {}
};

function compileOnce(source, filename, { injectedModuleParameters }) {
  const known = compiled.get(filename);
  if (known?.source === source) return known.run;
  const run = compileFunction(source, injectedModuleParameters, { filename });
  compiled.set(filename, { source, run });
  return run;
}
