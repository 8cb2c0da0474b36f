import { type ClientRequest, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { PrometheusMetrics } from '../../../../server/adapters/metrics/prometheus-metrics.ts';
import { answerErrors } from '../../../../server/edge/http/errors.ts';
import { UploadGate, uploadOf } from '../../../../server/edge/http/uploads.ts';
import { UPLOAD_HEADERS } from '../../../../shared/protocol/index.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const SIZE = 10;
const HEADERS = { [UPLOAD_HEADERS.fileName]: 'a.txt', [UPLOAD_HEADERS.clientId]: 'a' };

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: { readonly size?: number; readonly code?: string };
}

describe('UPLOADS_AT_ONCE', () => {
  let server: Server;
  let entered: number;

  /** A proxy in front is believed, so that a request can come from any address. */
  const listen = (atOnce: number) => {
    const gate = new UploadGate({ maxBytes: 100, atOnce });
    const app = express().set('trust proxy', 1);
    const [headers, enter, ...rest] = gate.handlers();
    const count: express.RequestHandler = (_request, _response, next) => {
      entered += 1;
      next();
    };
    app.post(
      '/',
      headers as express.RequestHandler,
      enter as express.RequestHandler,
      count,
      ...rest,
      (request, response) => {
        response.json({ size: uploadOf(request).file.bytes.length });
      },
    );
    app.use(answerErrors({ logger: new RecordingLogger(), metrics: new PrometheusMetrics() }));
    entered = 0;
    return new Promise<void>((resolve) => {
      server = app.listen(0, '127.0.0.1', () => resolve());
    });
  };
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  /** An upload of which so much has been sent; `rest` sends what is missing. */
  function begin(
    address: string,
    sent = 0,
  ): { open: ClientRequest; answer: Promise<Answer>; rest: () => void } {
    const open = httpRequest({
      port: (server.address() as AddressInfo).port,
      method: 'POST',
      agent: false,
      headers: { ...HEADERS, 'content-length': SIZE, 'x-forwarded-for': address },
    });
    const answer = new Promise<Answer>((resolve, reject) => {
      open.on('error', reject);
      open.on('response', (response) => {
        let text = '';
        response.on('data', (part) => {
          text += String(part);
        });
        response.on('end', () => {
          const retryAfter = response.headers['retry-after'];
          resolve({ status: response.statusCode ?? 0, retryAfter, body: JSON.parse(text) as Answer['body'] });
        });
      });
    });
    answer.catch(() => {});
    open.write('x'.repeat(sent));
    open.flushHeaders();
    return { open, answer, rest: () => open.end('x'.repeat(SIZE - sent)) };
  }
  const whole = (address: string) => {
    const upload = begin(address);
    upload.rest();
    return upload.answer;
  };
  const until = async (fits: () => boolean) => {
    while (!fits()) await new Promise((resolve) => setImmediate(resolve));
  };

  it('lets a quarter of it in from one address, and another address beside it', async () => {
    await listen(8);
    const slow = [begin('203.0.113.1', 3), begin('203.0.113.1', 3)];
    await until(() => entered === 2);
    expect(await whole('203.0.113.1')).toMatchObject({
      status: 429,
      retryAfter: '2',
      body: { code: 'rate_limited' },
    });
    expect(await whole('203.0.113.2')).toMatchObject({ status: 200, body: { size: SIZE } });
    for (const { rest, answer } of slow) {
      rest();
      expect(await answer).toMatchObject({ status: 200, body: { size: SIZE } });
    }
    expect((await whole('203.0.113.1')).status).toBe(200);
  });

  it('lets no more in than it says, from however many addresses', async () => {
    await listen(3);
    const slow = ['1', '2', '3'].map((end) => begin(`203.0.113.${end}`, 1));
    await until(() => entered === 3);
    expect(await whole('203.0.113.4')).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    slow[0]?.rest();
    expect((await slow[0]?.answer)?.status).toBe(200);
    expect((await whole('203.0.113.4')).status).toBe(200);
    for (const { open } of slow) open.destroy();
  });

  it('counts an upload no more whose sender has gone', async () => {
    await listen(1);
    const gone = begin('203.0.113.1', 1);
    await until(() => entered === 1);
    gone.open.destroy();
    let answer = await whole('203.0.113.1');
    while (answer.status === 429) answer = await whole('203.0.113.1');
    expect(answer.status).toBe(200);
  });
});
