import type { Page, WireRedactionRule, WireTranscript } from '../../shared/protocol/index.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

/** What tests of redaction ask of an account, signed in as its administrator. */
export interface RedactionAdmin extends AccountClient {
  transcript(id: string): Promise<WireTranscript>;
  /** Switches a built-in rule on or off and answers its id. */
  builtin(key: string, change: { enabled: boolean }): Promise<string>;
}

export async function redactionAdmin(test: TestServer): Promise<RedactionAdmin> {
  const client = accountClient(test, await test.signIn());
  return {
    ...client,
    transcript: async (id) => {
      const path = `/conversations/${id}?include=messages,profile`;
      const { status, body } = await client.call<WireTranscript>('GET', path);
      expect(status).toBe(200);
      return body;
    },
    builtin: async (key, change) => {
      const { body } = await client.call<Page<WireRedactionRule>>('GET', '/redaction-rules?limit=200');
      const rule = body.items.find((candidate) => candidate.builtin === key);
      if (rule === undefined) throw new Error('no such built-in rule');
      expect((await client.call('PATCH', `/redaction-rules/${rule.id}`, change)).status).toBe(200);
      return rule.id;
    },
  };
}

/** Asks again until the answer fits; a real clock, because the server's own work runs on it. */
export async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (Date.now() > deadline) throw new Error('it did not come about in time');
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
