const process = require('node:process');
const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/**
 * Runs a test file among the globals of the process itself, where jest's own environment makes a second set of them
 * for each file. There, packages would have to be loaded anew too, or `instanceof Error` and its like would be wrong;
 * that took more than the tests. What a file sets on the globals or in `process.env` is undone after it.
 */
module.exports = class OneRealmEnvironment {
  global = globalThis;
  #globals = Object.getOwnPropertyDescriptors(globalThis);
  #env = { ...process.env };
  #exit = process.exit;

  constructor({ projectConfig }) {
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    // Of a failed test the whole way is wanted; Node's 10 lines end within `expect`.
    Error.stackTraceLimit = 100;
  }

  async setup() {}

  async teardown() {
    this.fakeTimersModern.dispose();
    for (const key of Reflect.ownKeys(globalThis)) {
      if (!Object.hasOwn(this.#globals, key)) Reflect.deleteProperty(globalThis, key);
    }
    Object.defineProperties(globalThis, this.#globals);
    process.env = this.#env;
    process.exit = this.#exit;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** None: {@link file://./one-realm-runtime.cjs} compiles for the process's own. */
  getVmContext() {
    return null;
  }
};
