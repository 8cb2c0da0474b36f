import type { Change, ChangeBus } from '../../../server/ports/index.ts';

/** Two ends of one bus; `settled` resolves when what was published has reached both. */
export interface BusEnds {
  readonly here: ChangeBus;
  readonly there: ChangeBus;
  readonly errors: readonly unknown[];
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** One of each kind. */
const EVERY_KIND: { readonly [Kind in Change['kind']]: Extract<Change, { kind: Kind }> } = {
  'redaction-rules': { kind: 'redaction-rules', accountId: 'a' },
  'engagement-rules': { kind: 'engagement-rules', accountId: 'a' },
  site: { kind: 'site', siteId: 's' },
  account: { kind: 'account', accountId: 'a' },
  departments: { kind: 'departments', accountId: 'a' },
  roles: { kind: 'roles', accountId: 'a' },
  staff: { kind: 'staff', userId: 'u' },
  webhooks: { kind: 'webhooks', accountId: 'a' },
  conversation: { kind: 'conversation', conversationId: 'c', version: 3 },
  resealed: { kind: 'resealed', conversationId: 'c', head: 'aGVhZA==' },
  erased: { kind: 'erased', conversationId: 'c', sessionId: 's' },
  'session-erased': { kind: 'session-erased', sessionId: 's' },
  'account-erased': { kind: 'account-erased', accountId: 'a' },
  keys: { kind: 'keys', accountId: 'a' },
  attendance: { kind: 'attendance', accountId: 'a', agentId: 'u' },
  missed: { kind: 'missed' },
};

/** Every promise of `ChangeBus`, tried from outside. */
export function describeChangeBus(name: string, open: () => Promise<BusEnds>): void {
  describe(`ChangeBus (${name})`, () => {
    let ends: BusEnds;
    beforeEach(async () => {
      ends = await open();
    });
    afterEach(() => ends.close());

    const change: Change = { kind: 'account', accountId: 'a' };

    it('tells listeners where it was published before it returns, in the order in which they came', () => {
      const heard: number[] = [];
      for (const number of [1, 2, 3]) ends.here.subscribe(() => heard.push(number));
      ends.here.publish(change);
      expect(heard).toEqual([1, 2, 3]);
    });

    it('brings every kind to the other end, whole, once and in order', async () => {
      const [here, there]: [Change[], Change[]] = [[], []];
      ends.here.subscribe((one) => here.push(one));
      ends.there.subscribe((one) => there.push(one));
      const told = Object.values(EVERY_KIND);
      for (const one of told) ends.here.publish(one);
      await ends.settled();
      expect(there).toEqual(told);
      expect(here).toEqual(told);
    });

    it('tells the others also when one throws, and says of what', async () => {
      const heard: string[] = [];
      ends.there.subscribe(() => {
        throw new Error('broken');
      });
      ends.there.subscribe(({ kind }) => heard.push(kind));
      ends.here.publish(change);
      await ends.settled();
      expect(heard).toEqual(['account']);
      expect(ends.errors).toHaveLength(1);
    });

    it('stops when told, and takes the same listener twice', async () => {
      let heard = 0;
      const listener = () => {
        heard += 1;
      };
      const stopFirst = ends.there.subscribe(listener);
      ends.there.subscribe(listener);
      stopFirst();
      ends.here.publish(change);
      await ends.settled();
      expect(heard).toBe(1);
    });
  });
}
