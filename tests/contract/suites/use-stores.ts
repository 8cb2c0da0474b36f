import type { RawStores } from '../../../server/ports/index.ts';

/** Opens the stores under test, empty. The suite closes them. */
export type OpenStores = () => Promise<RawStores>;

/**
 * Opens stores before the tests of the surrounding `describe` and closes them after. Tests share them and keep
 * apart by fresh ids; `fresh: 'each'` opens new ones for every test instead, where counts of everything matter.
 */
export function useStores(open: OpenStores, fresh: 'once' | 'each' = 'once'): () => RawStores {
  let stores: RawStores | undefined;
  const start = async () => {
    stores = await open();
  };
  const stop = async () => {
    await stores?.close();
    stores = undefined;
  };
  if (fresh === 'each') {
    beforeEach(start);
    afterEach(stop);
  } else {
    beforeAll(start);
    afterAll(stop);
  }
  return () => {
    if (stores === undefined) throw new Error('the stores are not open');
    return stores;
  };
}
