/**
 * Holds a value that may be personal data. It shows itself nowhere: not in JSON, not in a template
 * string, not in an inspection; and it is no string, so a logger, a metric and a webhook cannot take it
 * by type. `reveal` is called where the value is worked on, and nowhere else.
 */
export class Private<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return '[private]';
  }

  toJSON(): string {
    return '[private]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[private]';
  }
}
