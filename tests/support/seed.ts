/** Random tests take their seed from `TEST_SEED`, or a new one; put {@link SEED} in the test's title, so that a failure names it. */
export const SEED: number = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 0x7fffffff));
