const { statSync } = require('node:fs');
const { relative, sep } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/** Kinds of tests by what a file of them takes, the longest first. */
const KINDS = ['process', 'browser', 'contract', 'fuzz', 'flow', 'static', 'unit'];

/**
 * Longest first, so that at the end no worker waits for another's long file. By kind, then by size: how long each
 * took the last time is not known in a fresh clone.
 */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const weighed = tests.map((test) => ({ test, kind: kindOf(test), size: statSync(test.path).size }));
    return weighed.sort((a, b) => a.kind - b.kind || b.size - a.size).map(({ test }) => test);
  }
};

function kindOf({ path, context }) {
  return KINDS.indexOf(relative(context.config.rootDir, path).split(sep)[1]);
}
