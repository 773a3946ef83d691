import Sequencer from '@jest/test-sequencer';
import fs from 'node:fs';

/** Runs that kill processes, and mostly wait, first; then journeys, then what stays within one process; each by size. */
const weight = ({ path }) =>
  (/[\\/]test[\\/]faults[\\/]/.test(path) ? 2e9 : 0) +
  (path.endsWith('.journey.ts') ? 1e9 : 0) +
  fs.statSync(path).size;

/**
 * The same order in every run, whatever an earlier one has left in a cache. What takes long is begun first: at the end
 * it would run on one core while the other has nothing.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => weight(b) - weight(a) || (a.path < b.path ? -1 : 1));
  }
}
