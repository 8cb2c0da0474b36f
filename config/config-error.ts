/** The configuration cannot be used. `faults` lists everything that is wrong with it, without any value. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `the configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}: ${faults.join('; ')}`,
    );
    this.name = 'ConfigError';
    this.faults = faults;
  }
}
